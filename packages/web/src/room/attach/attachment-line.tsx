import './attachment-line.css'
import { useState } from 'preact/hooks'
import { useAllTexts, useApp } from '../../app-context.ts'
import { sizeIn } from '../../texts/sizes.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { Attachment, Attachments } from './attachments.ts'
import { explainFile, explainPause } from './explain-file.ts'
import { icons } from '../composer/icons.ts'
import { fileIcons } from '../timeline/files/icons.ts'

/** UTF-16 units, as the server bounds it. */
const altLength = 1000

type Props = { attachment: Attachment; attachments: Attachments; hasAlt?: boolean }

/** A file on its way: how far it is, or why it is not, and what can be done. */
export function AttachmentLine({ attachment, attachments, hasAlt = false }: Props) {
  const { texts } = useApp()
  const t = useAllTexts()
  const { facts, preview, phase, sent, size, error } = attachment
  // The name of a file says picture, and the browser cannot show it.
  const [isBroken, setBroken] = useState(false)
  const picture = isBroken ? null : preview
  const { key, name } = facts
  const bytes = (count: number) => sizeIn(texts.language, count)
  const isUnderWay = phase === 'uploading'
  return (
    <li class="attachment" data-phase={phase}>
      <span class="attachment-picture">
        {picture ? (
          <img src={picture} alt="" onError={() => setBroken(true)} />
        ) : (
          <Icon name={facts.waveform ? icons.microphone : fileIcons.file} />
        )}
      </span>
      <div>
        <span class="attachment-name one-line" dir="auto">
          {name}
        </span>
        <span class="attachment-fact numbers">
          {error !== null && (isUnderWay ? `${explainPause(t, error)} ` : explainFile(t, error))}
          {phase !== 'failed' && (isUnderWay ? t('attach.of', { sent: bytes(sent), size: bytes(size) }) : bytes(size))}
        </span>
        {isUnderWay && <progress max={Math.max(size, 1)} value={sent} aria-label={t('attach.progress', { name })} />}
      </div>
      <div class="attachment-actions">
        {phase === 'failed' && (
          <IconButton label={t('attach.retry', { name })} icon="refresh" onClick={() => attachments.retry(key)} />
        )}
        <IconButton label={t('attach.remove', { name })} icon="close" onClick={() => attachments.remove(key)} />
      </div>
      {hasAlt && picture && (
        <input
          class="input"
          value={facts.alt}
          maxLength={altLength}
          aria-label={t('attach.alt', { name })}
          placeholder={t('attach.alt_hint')}
          dir="auto"
          onInput={({ currentTarget }) => attachments.setAlt(key, currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            // Not the form of the message.
            event.preventDefault()
            event.currentTarget.blur()
          }}
        />
      )}
    </li>
  )
}
