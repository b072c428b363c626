import type { TimelineItem } from '@parlor/client'
import type { ComponentProps } from 'preact'
import { Attach } from '../attach/attach.tsx'
import { memo } from '../timeline/message/memo.tsx'
import { ReplyingTo } from './replying-to.tsx'

type Props = ComponentProps<typeof Attach> & {
  replyTo: TimelineItem | null
  onReplyTo: (item: TimelineItem | null) => void
}

/** What stands beside the field of the composer, loaded after it. No key press in the field renders it. */
export const Extras = memo(function Extras({ replyTo, onReplyTo, ...attach }: Props) {
  return (
    <>
      {replyTo && <ReplyingTo item={replyTo} onCancel={() => onReplyTo(null)} />}
      <Attach {...attach} />
    </>
  )
})
