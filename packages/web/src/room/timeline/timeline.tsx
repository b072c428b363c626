import './timeline.css'
import type { Messages, MessageWindow, TimelineItem } from '@parlor/client'
import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import { Icon } from '../../ui/icon.tsx'
import { Announcements } from './announcements.tsx'
import { MessageList } from './list.tsx'
import type { MessageActions } from './message/message.tsx'
import { moveFocus } from './scroll/move-focus.ts'
import { useOwnRoot } from './separate-root.tsx'
import { usePages } from './use-pages.ts'
import { useScroller } from './scroll/use-scroller.ts'

type Props = {
  messages: Messages
  window: MessageWindow
  /** How many messages came that the reader has not seen. */
  unseen: number
  own_id: string
  /** Where the reader stopped when last here; null: no line to draw. */
  readTo: number | null
  mayReply: boolean
  onReply: (item: TimelineItem) => void
  /** Whether the reader is at the end of all there is. */
  onFollowing: (following: boolean) => void
  /** What stands above the first message of the room, and alone if there is none. */
  beginning: ComponentChildren
}

export function Timeline({
  messages,
  window,
  unseen,
  own_id,
  readTo,
  mayReply,
  onReply,
  onFollowing,
  beginning,
}: Props) {
  const { toasts } = useApp()
  const t = useTexts()
  const view = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const { items, hasNewer } = window
  const find = (id: string) => messages.get().items.find(({ message }) => message.id === id)
  const showOriginal = async (id: string) => {
    if (!find(id)) await messages.loadAround(id).catch(() => false)
    const original = find(id)
    if (original) toLine(lineOf(original), true)
    else toasts.show({ text: t('message.original_gone') })
  }
  const actions = useSteady({ reply: onReply, showOriginal: (id) => void showOriginal(id) })
  const pages = usePages(messages, window)
  useOwnRoot(
    list,
    <MessageList
      window={window}
      pages={pages}
      own_id={own_id}
      readTo={readTo}
      mayReply={mayReply}
      actions={actions}
      beginning={beginning}
    />,
  )
  const { following, isFollowing, toEnd, toLine } = useScroller(view, list, messages, window, pages)
  useWhereabouts(list, isFollowing, () => toLine(unreadLine, false), onFollowing)
  useOwnMessages(items, toEnd)

  return (
    <div class="timeline-frame">
      <div
        ref={view}
        class="timeline"
        role="log"
        aria-live="off"
        aria-label={t('timeline.label')}
        aria-describedby="timeline-keys"
        tabIndex={0}
        onKeyDown={(event) => {
          const isOnMessage = event.target instanceof HTMLElement && event.target.dataset['message'] !== undefined
          if (!isOnMessage && event.target !== event.currentTarget) return
          if (event.key === 'Enter' && isOnMessage) answerFocused(items, actions)
          else if (!list.current || !moveFocus(list.current, event.key)) return
          event.preventDefault()
        }}
      >
        <div ref={list} class="timeline-lines" />
      </div>
      <span id="timeline-keys" hidden>
        {t('timeline.keys')}
      </span>
      {!following && (
        <button
          type="button"
          class="to-end"
          data-new={unseen > 0 || undefined}
          onClick={() => {
            toEnd()
            // If it fails, the reader stays where they are and may press again.
            if (hasNewer) messages.jumpToLatest().catch(() => {})
          }}
        >
          <Icon name="arrow-down" />
          {unseen > 0 ? t('timeline.new', { count: unseen }) : t('timeline.latest')}
        </button>
      )}
      <Announcements items={items} isWhole={!hasNewer} own_id={own_id} />
    </div>
  )
}

const unreadLine = '.unread-line'
const lineOf = ({ key }: TimelineItem): string => `[data-message="${CSS.escape(key)}"]`

function answerFocused(items: readonly TimelineItem[], actions: MessageActions): void {
  const focused = document.activeElement
  const key = focused instanceof HTMLElement ? focused.dataset['message'] : undefined
  const item = items.find((item) => item.key === key)
  if (item?.status === 'sent') actions.reply(item)
}

/** Opens the room where its reader stopped, if that is among what is loaded, and tells from then on where they are. */
function useWhereabouts(
  list: RefObject<HTMLElement | null>,
  isFollowing: () => boolean,
  toUnread: () => void,
  onFollowing: (following: boolean) => void,
): void {
  const isOpening = useRef(true)
  useEffect(() => {
    const hasUnread = isOpening.current && list.current?.querySelector(unreadLine)
    isOpening.current = false
    if (hasUnread) toUnread()
    else onFollowing(isFollowing())
  })
}

/** Whoever writes is taken to the end, to see it. */
function useOwnMessages(items: readonly TimelineItem[], toEnd: () => void): void {
  const last = items.at(-1)
  const key = last && last.status !== 'sent' ? last.key : null
  const before = useRef(key)
  useEffect(() => {
    if (key !== null && key !== before.current) toEnd()
    before.current = key
  }, [key])
}

/** One object for ever that does what the newest of them does: what is remembered by it need not change. */
function useSteady(newest: MessageActions): MessageActions {
  const current = useRef(newest)
  current.current = newest
  return useMemo(
    () => ({
      reply: (item) => current.current.reply(item),
      showOriginal: (id) => current.current.showOriginal(id),
    }),
    [],
  )
}
