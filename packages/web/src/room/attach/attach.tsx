import './attach.css'
import type { Room } from '@parlor/client'
import * as limits from '@parlor/client/limits'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { useAllTexts } from '../../app-context.ts'
import { Loaded } from '../../pages/loaded.tsx'
import { IconButton } from '../../ui/controls/button.tsx'
import { Menu } from '../../ui/overlays/menu.tsx'
import { useMedia } from '../../ui/use-media.ts'
import { AttachmentLine } from './attachment-line.tsx'
import { type Attachment, inTray } from './attachments.ts'
import type { Carry } from './carry.ts'
import { icons } from './icons.ts'
import { useAttachments } from './use-attachments.ts'
import { useDropped } from './use-dropped.ts'
import { fileIcons } from '../timeline/files/icons.ts'

const loadVoice = () => import('../voice/voice-note.tsx')

type Props = {
  room: Room
  user_id: string
  /** Whether the user may post here. */
  isOpen: boolean
  onCarry: (carry: Carry | null) => void
}

/** What the composer has for files: the tray, and the buttons that add to it (rules AT1 to AT4). */
export function Attach({ room, user_id, isOpen, onCarry }: Props) {
  const t = useAllTexts()
  const { attachments, list } = useAttachments(room, user_id)
  const [surplus, setSurplus] = useState(0)
  const [recording, setRecording] = useState(false)
  const tray = inTray(list)
  const isReady = tray.every(({ phase }) => phase !== 'failed')
  useEffect(() => {
    onCarry(tray.length === 0 ? null : { isReady, send: (...message) => attachments.send(room, ...message) })
  }, [tray.length === 0, isReady, attachments, room])
  const add = useCallback(
    (files: readonly File[]) => {
      setSurplus(attachments.add(files))
      // On a phone it would open the keyboard over what was chosen.
      if (matchMedia('(pointer: fine)').matches) document.getElementById('composer')?.focus({ preventScroll: true })
    },
    [attachments],
  )
  const isOver = useDropped(isOpen, add)
  return (
    <>
      {tray.length > 0 && (
        <ul class="attach-tray" aria-label={t('attach.label')}>
          {tray.map((one) => (
            <AttachmentLine key={one.facts.key} attachment={one} attachments={attachments} hasAlt />
          ))}
        </ul>
      )}
      {surplus > 0 && tray.length >= limits.message_files && (
        <p class="attach-problem" role="alert">
          {t('attach.too_many', { count: limits.message_files })}
        </p>
      )}
      {recording && (
        <Loaded load={loadVoice} inline onClose={() => setRecording(false)}>
          {({ VoiceNote }) => (
            <VoiceNote
              onClose={() => setRecording(false)}
              onRecorded={(file, given) => attachments.sendAlone(room, file, given)}
              mayPost={isOpen}
            />
          )}
        </Loaded>
      )}
      {isOpen && !recording && (
        <div class="attach-tools">
          <Choose onFiles={add} />
          <IconButton label={t('voice.record')} icon={icons.microphone} onClick={() => setRecording(true)} />
        </div>
      )}
      {isOver && <div class="attach-drop">{t('attach.drop')}</div>}
      <Told tray={tray} />
    </>
  )
}

/** The button to choose files; where there are fingers, also to take a photo. */
function Choose({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const t = useAllTexts()
  const isTouch = useMedia('(pointer: coarse)')
  const files = useRef<HTMLInputElement>(null)
  const photo = useRef<HTMLInputElement>(null)
  const input = {
    type: 'file',
    hidden: true,
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
      onFiles([...(currentTarget.files ?? [])])
      // The same file can be chosen again.
      currentTarget.value = ''
    },
  } as const
  return (
    <>
      <input {...input} ref={files} multiple data-attach />
      <input {...input} ref={photo} accept="image/*" capture="environment" />
      {isTouch ? (
        <Menu
          label={t('attach.add')}
          icon={icons.clip}
          items={[
            { label: t('attach.choose'), icon: fileIcons.file, onSelect: () => files.current?.click() },
            { label: t('attach.photograph'), icon: icons.camera, onSelect: () => photo.current?.click() },
          ]}
        />
      ) : (
        <IconButton label={t('attach.add')} icon={icons.clip} onClick={() => files.current?.click()} />
      )}
    </>
  )
}

/** Tells screen readers what has come to the tray, and what has become of it. */
function Told({ tray }: { tray: readonly Attachment[] }) {
  const t = useAllTexts()
  const count = (phase: Attachment['phase']) => tray.filter((one) => one.phase === phase).length
  const [failed, ready] = [count('failed'), count('ready')]
  return (
    <p class="visually-hidden" role="status">
      {tray.length > 0 && t('attach.told', { all: tray.length, ready, failed })}
    </p>
  )
}
