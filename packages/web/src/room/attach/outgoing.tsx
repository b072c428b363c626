import type { TimelineItem } from '@parlor/client'
import { useAllTexts, useApp } from '../../app-context.ts'
import { useStore } from '../../use-store.ts'
import { Button } from '../../ui/controls/button.tsx'
import { AttachmentLine } from './attachment-line.tsx'
import { attachmentsIn, ofMessage } from './attachments.ts'

/** The files that an own message waits for, in the timeline (rule AT2). */
export function Outgoing({ item: { status, message, discard } }: { item: TimelineItem }) {
  const { session } = useApp()
  const t = useAllTexts()
  const attachments = attachmentsIn(session.parlor, message.room_id, message.sender.id)
  const files = ofMessage(useStore(attachments.list), message.client_id)
  const restored = useStore(attachments.restored)
  if (files.length === 0 && status === 'waiting' && restored)
    return (
      <div class="message-failed">
        <span>{t('attach.lost')}</span>
        {discard && (
          <Button look="quiet-danger" onClick={discard}>
            {t('message.discard')}
          </Button>
        )}
      </div>
    )
  return (
    <ul class="outgoing" aria-label={t('attach.label')}>
      {files.map((one) => (
        <AttachmentLine key={one.facts.key} attachment={one} attachments={attachments} />
      ))}
    </ul>
  )
}
