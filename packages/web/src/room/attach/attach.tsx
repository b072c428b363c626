import './attach.css'
import type { Room } from '@parlor/client'
import * as limits from '@parlor/client/limits'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { useAllTexts } from '../../app-context.ts'
import { Loaded } from '../../pages/loaded.tsx'
import { AttachmentLine } from './attachment-line.tsx'
import { type Attachment, inTray } from './attachments.ts'
import type { Carry } from './carry.ts'
import { useAttachments } from './use-attachments.ts'
import { useDropped } from './use-dropped.ts'

const loadVoice = () => import('../voice/voice-note.tsx')

type Props = {
  room: Room
  user_id: string
  /** Whether the user may post here. */
  isOpen: boolean
  onCarry: (carry: Carry | null) => void
  /** Files that were chosen, until `onTaken` says that they are in the tray. */
  chosen: readonly File[]
  onTaken: () => void
  isRecording: boolean
  onRecording: (isRecording: boolean) => void
}

/** What the composer has for files: the tray, and the recorder of voice notes (rules AT1 to AT4). */
export function Attach({ room, user_id, isOpen, onCarry, chosen, onTaken, isRecording, onRecording }: Props) {
  const t = useAllTexts()
  const { attachments, list } = useAttachments(room, user_id)
  const [surplus, setSurplus] = useState(0)
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
  useEffect(() => {
    if (chosen.length === 0) return
    add(chosen)
    onTaken()
  }, [chosen])
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
      {isRecording && (
        <Loaded load={loadVoice} inline onClose={() => onRecording(false)}>
          {({ VoiceNote }) => (
            <VoiceNote
              onClose={() => onRecording(false)}
              onRecorded={(file, given) => attachments.sendAlone(room, file, given)}
              mayPost={isOpen}
            />
          )}
        </Loaded>
      )}
      {isOver && <div class="attach-drop">{t('attach.drop')}</div>}
      <Told tray={tray} />
    </>
  )
}

/** Tells screen readers what has come to the tray, and what has become of it. */
function Told({ tray }: { tray: readonly Attachment[] }) {
  const t = useAllTexts()
  const count = (phase: Attachment['phase']) => tray.filter((one) => one.phase === phase).length
  const [failed, ready] = [count('failed'), count('ready')]
  return (
    <p class="visually-hidden" role="status" data-attachments>
      {tray.length > 0 && t('attach.told', { all: tray.length, ready, failed })}
    </p>
  )
}
