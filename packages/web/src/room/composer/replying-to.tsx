import './replying-to.css'
import type { TimelineItem } from '@parlor/client'
import { useAllTexts } from '../../app-context.ts'
import { beginningOf } from '../../texts/graphemes.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { saidIn } from '../timeline/message/said.ts'

/** The message that is replied to, above the field. */
export function ReplyingTo({ item: { message }, onCancel }: { item: TimelineItem; onCancel: () => void }) {
  const t = useAllTexts()
  return (
    <div class="replying">
      <Icon name="reply" />
      <span class="one-line">
        <span class="soft">{t('composer.replying', { name: message.sender.name })}</span>{' '}
        <span dir="auto">{beginningOf(saidIn(message), 200)}</span>
      </span>
      <IconButton label={t('composer.cancel_reply')} icon="close" onClick={onCancel} />
    </div>
  )
}
