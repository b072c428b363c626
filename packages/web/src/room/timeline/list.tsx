import './list.css'
import type { MessageWindow, TimelineItem } from '@parlor/client'
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { useDates, useTexts } from '../../app-context.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { linesOf } from './lines.ts'
import { type MessageActions, MessageLine } from './message/message.tsx'
import type { Pages } from './use-pages.ts'

type Props = {
  window: MessageWindow
  pages: Pages
  own_id: string
  readTo: number | null
  mayReply: boolean
  mayMark: boolean
  actions: MessageActions
  beginning: ComponentChildren
}

/** The loaded messages, with a spinner or an error at each end where there are more. */
export function MessageList({ window, pages, own_id, readTo, mayReply, mayMark, actions, beginning }: Props) {
  const { items, hasOlder, hasNewer } = window
  const lines = useMemo(() => linesOf(items, readTo, own_id), [items, readTo, own_id])
  const byId = useMemo(
    () => new Map<string | null, TimelineItem>(items.map((item) => [item.message.id, item])),
    [items],
  )
  return (
    <>
      {hasOlder ? <Edge failed={pages.failed.older} onRetry={() => pages.load('older')} /> : beginning}
      {lines.map((line) => {
        if (line.kind === 'day') return <Day key={line.key} at={line.at} />
        if (line.kind === 'unread') return <UnreadLine key={line.key} />
        const { item, showsSender } = line
        return (
          <MessageLine
            key={line.key}
            item={item}
            showsSender={showsSender}
            isOwn={item.message.sender.id === own_id}
            original={item.message.reply_to === null ? null : (byId.get(item.message.reply_to) ?? null)}
            mayReply={mayReply}
            mayMark={mayMark}
            actions={actions}
          />
        )
      })}
      {hasNewer && <Edge failed={pages.failed.newer} onRetry={() => pages.load('newer')} />}
    </>
  )
}

/** Where more messages are loaded. Its height does not change, whatever it shows. */
function Edge({ failed, onRetry }: { failed: boolean; onRetry: () => void }) {
  const t = useTexts()
  return (
    <div class="timeline-edge">
      {failed ? (
        <Button look="quiet" icon="refresh" onClick={onRetry}>
          {t('timeline.failed')}
        </Button>
      ) : (
        <Spinner label={t('app.loading')} />
      )}
    </div>
  )
}

function Day({ at }: { at: string }) {
  const dates = useDates()
  return (
    <div class="day" role="separator">
      <span>{dates.day(at)}</span>
    </div>
  )
}

function UnreadLine() {
  const t = useTexts()
  return (
    <div class="unread-line" role="separator">
      <span>{t('timeline.unread')}</span>
    </div>
  )
}
