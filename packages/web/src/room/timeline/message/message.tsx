import './message.css'
import type { Messages, Room, TimelineItem } from '@parlor/client'
import type { Activity } from '../../../activities/activity.ts'
import { useDates, useTexts } from '../../../app-context.ts'
import { explain } from '../../../failure.ts'
import { Avatar } from '../../../ui/person/avatar.tsx'
import { Button, IconButton } from '../../../ui/controls/button.tsx'
import { Loaded } from '../../../pages/loaded.tsx'
import { beginningOf } from '../../../texts/graphemes.ts'
import { Icon } from '../../../ui/icon.tsx'
import { MessageFiles } from '../files/message-files.tsx'
import { Card } from './card.tsx'
import { memo } from './memo.tsx'
import { saidIn } from './said.ts'

const loadOutgoing = () => import('../../attach/outgoing.tsx')

/** What can be done with a message, and the others around it. The same object for all messages at all times, so that memoized lines stay. */
export type MessageActions = {
  room: Room
  /** Activities that may show messages of theirs. */
  others: readonly Activity[]
  messages: Messages
  reply(item: TimelineItem): void
  showOriginal(id: string): void
  /** Marks the room as unread from this message on. */
  markUnread(item: TimelineItem): void
}

type Props = {
  item: TimelineItem
  /** Whether the sender is shown. */
  showsSender: boolean
  isOwn: boolean
  /** The message that it replies to, if that is loaded. */
  original: TimelineItem | null
  mayReply: boolean
  /** Whether the user has a place in the room up to which it is read. */
  mayMark: boolean
  actions: MessageActions
}

export const MessageLine = memo(function MessageLine({
  item,
  showsSender,
  isOwn,
  original,
  mayReply,
  mayMark,
  actions,
}: Props) {
  const { status, message } = item
  const { sender, created_at: at, reply_to } = message
  const t = useTexts()
  const dates = useDates()
  const time = dates.time(at)
  const progress =
    status !== 'sent' && status !== 'failed' && t(status === 'sending' ? 'message.sending' : 'message.queued')
  return (
    <article
      class="message"
      data-message={item.key}
      data-status={status}
      data-shows-sender={showsSender || undefined}
      data-own={isOwn || undefined}
      tabIndex={-1}
      aria-label={t('message.label', { name: sender.name, time })}
    >
      <div class="message-gutter">{showsSender ? <Avatar person={sender} /> : <MessageTime at={at} time={time} />}</div>
      <div class="message-body">
        {showsSender && (
          <header class="message-head">
            <span class="message-sender" dir="auto">
              {sender.name}
            </span>
            <MessageTime at={at} time={time} />
          </header>
        )}
        {reply_to !== null && <Quote original={original} onShow={() => actions.showOriginal(reply_to)} />}
        {message.content && (
          <Card message={message} room={actions.room} others={actions.others} text={message.content} />
        )}
        {message.files && <MessageFiles message={message} messages={actions.messages} />}
        {message.id === null && message.file_ids.length > 0 && (
          <Loaded load={loadOutgoing} inline>
            {({ Outgoing }) => <Outgoing item={item} />}
          </Loaded>
        )}
        {status === 'failed' && <NotSent item={item} />}
      </div>
      {progress && (
        <span class="message-pending" title={progress}>
          <Icon name="clock" />
          <span class="visually-hidden">{progress}</span>
        </span>
      )}
      {(mayReply || mayMark) && message.id !== null && (
        <div class="message-actions">
          {mayReply && (
            <IconButton
              label={t('message.reply_to', { name: sender.name })}
              icon="reply"
              tabIndex={-1}
              onClick={() => actions.reply(item)}
            />
          )}
          {mayMark && (
            <IconButton
              label={t('message.mark_unread')}
              icon="unread"
              tabIndex={-1}
              onClick={() => actions.markUnread(item)}
            />
          )}
        </div>
      )}
    </article>
  )
})

function MessageTime({ at, time }: { at: string; time: string }) {
  const dates = useDates()
  return (
    <time class="message-time numbers" dateTime={at} title={dates.full(at)}>
      {time}
    </time>
  )
}

/** The message that this one replies to, in one line, so that the height stays the same when it is loaded later. */
function Quote({ original, onShow }: { original: TimelineItem | null; onShow: () => void }) {
  const t = useTexts()
  return (
    <button type="button" class="quote" tabIndex={-1} onClick={onShow}>
      <Icon name="reply" />
      <span class="one-line" dir="auto">
        {original ? (
          <>
            <b>{original.message.sender.name}</b> {beginningOf(saidIn(original.message), 200)}
          </>
        ) : (
          t('message.original')
        )}
      </span>
    </button>
  )
}

function NotSent({ item: { error, retry, discard } }: { item: TimelineItem }) {
  const t = useTexts()
  return (
    <div class="message-failed" role="alert">
      <Icon name="alert" />
      <span>
        {t('message.failed')} {error && explain(t, error.code)}
      </span>
      {retry && (
        <Button look="quiet" onClick={retry}>
          {t('ui.retry')}
        </Button>
      )}
      {discard && (
        <Button look="quiet-danger" onClick={discard}>
          {t('message.discard')}
        </Button>
      )}
    </div>
  )
}
