import type { TimelineItem } from '@parlor/client'
import type { ComponentProps } from 'preact'
import { Attach } from '../attach/attach.tsx'
import { ReplyingTo } from './replying-to.tsx'

type Props = ComponentProps<typeof Attach> & {
  replyTo: TimelineItem | null
  onReplyTo: (item: TimelineItem | null) => void
}

/** What stands beside the field of the composer, loaded after it. */
export function Extras({ replyTo, onReplyTo, ...attach }: Props) {
  return (
    <>
      {replyTo && <ReplyingTo item={replyTo} onCancel={() => onReplyTo(null)} />}
      <Attach {...attach} />
    </>
  )
}
