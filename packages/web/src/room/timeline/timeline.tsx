import './timeline.css'
import type { MessageWindow, Room, TimelineItem } from '@parlor/client'
import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import { Icon } from '../../ui/icon.tsx'
import { Announcements } from './announcements.tsx'
import { MessageList } from './list.tsx'
import type { MessageActions } from './message/message.tsx'
import { moveFocus } from './scroll/move-focus.ts'
import { useSeparateRoot } from './separate-root.tsx'
import { usePages } from './use-pages.ts'
import { useScroller } from './scroll/use-scroller.ts'

type Props = {
  room: Room
  others: MessageActions['others']
  window: MessageWindow
  /** The number of messages that the reader has not seen. */
  unseen: number
  own_id: string
  /** Where the reader stopped at the last visit; null: no unread line. */
  readTo: number | null
  /** Whether `readTo` is known: the view is placed once it is. */
  isPlaced: boolean
  mayReply: boolean
  onReply: (item: TimelineItem) => void
  /** Marks the room as unread from a seq on; null: that cannot be. */
  onMarkUnread: ((seq: number) => void) | null
  /** Called with whether the view follows the newest messages. */
  onFollowing: (following: boolean) => void
  /** Shown above the first message of the room, or alone in an empty room. */
  beginning: ComponentChildren
}

export function Timeline({
  room,
  others,
  window,
  unseen,
  own_id,
  readTo,
  isPlaced,
  mayReply,
  onReply,
  onMarkUnread,
  onFollowing,
  beginning,
}: Props) {
  const { toasts } = useApp()
  const { messages } = room
  const t = useTexts()
  const view = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const { items, hasNewer } = window
  const find = (id: string) => messages.get().items.find(({ message }) => message.id === id)
  const showOriginal = async (id: string) => {
    if (!find(id)) await messages.loadAround(id).catch(() => false)
    const original = find(id)
    if (original) scrollToLine(lineOf(original), true)
    else toasts.show({ text: t('message.original_gone') })
  }
  const markUnread = ({ message: { seq } }: TimelineItem) => {
    if (seq === null || !onMarkUnread) return
    onMarkUnread(seq)
    toasts.show({ text: t('message.marked_unread') })
  }
  const actions = useStable({
    ...{ room, others, messages, markUnread },
    reply: onReply,
    showOriginal: (id) => void showOriginal(id),
  })
  const pages = usePages(messages, window)
  useSeparateRoot(
    list,
    <MessageList
      window={window}
      pages={pages}
      own_id={own_id}
      readTo={readTo}
      mayReply={mayReply}
      mayMark={onMarkUnread !== null}
      actions={actions}
      beginning={beginning}
    />,
  )
  const { following, isFollowing, scrollToEnd, scrollToLine } = useScroller(view, list, messages, window, pages)
  useInitialPosition(list, isPlaced, isFollowing, () => scrollToLine(unreadLine, false), onFollowing)
  useScrollToOwnMessages(items, scrollToEnd)

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
          if (event.key === 'Enter' && isOnMessage) onFocused(items, actions.reply)
          else if (event.key === 'u' && isOnMessage && !hasModifier(event)) onFocused(items, actions.markUnread)
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
          class="scroll-to-end"
          data-new={unseen > 0 || undefined}
          onClick={() => {
            scrollToEnd()
            // If it fails, the view stays and the button can be pressed again.
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

const hasModifier = ({ altKey, ctrlKey, metaKey }: KeyboardEvent): boolean => altKey || ctrlKey || metaKey

function onFocused(items: readonly TimelineItem[], act: (item: TimelineItem) => void): void {
  const focused = document.activeElement
  const key = focused instanceof HTMLElement ? focused.dataset['message'] : undefined
  const item = items.find((item) => item.key === key)
  if (item?.status === 'sent') act(item)
}

/** Scrolls once to the unread line, if it is loaded, and reports from then on whether the end is followed. */
function useInitialPosition(
  list: RefObject<HTMLElement | null>,
  isPlaced: boolean,
  isFollowing: () => boolean,
  scrollToUnread: () => void,
  onFollowing: (following: boolean) => void,
): void {
  const isOpening = useRef(true)
  useEffect(() => {
    if (!isPlaced) return
    const hasUnread = isOpening.current && list.current?.querySelector(unreadLine)
    isOpening.current = false
    if (hasUnread) scrollToUnread()
    else onFollowing(isFollowing())
  })
}

/** Scrolls to the end when the user sends a message. */
function useScrollToOwnMessages(items: readonly TimelineItem[], scrollToEnd: () => void): void {
  const last = items.at(-1)
  const key = last && last.status !== 'sent' ? last.key : null
  const before = useRef(key)
  useEffect(() => {
    if (key !== null && key !== before.current) scrollToEnd()
    before.current = key
  }, [key])
}

/** One object for the component's lifetime that calls the newest actions, so that memoized lines stay. */
function useStable(newest: MessageActions): MessageActions {
  const current = useRef(newest)
  current.current = newest
  return useMemo(
    () => ({
      room: newest.room,
      others: newest.others,
      messages: newest.messages,
      reply: (item) => current.current.reply(item),
      showOriginal: (id) => current.current.showOriginal(id),
      markUnread: (item) => current.current.markUnread(item),
    }),
    [],
  )
}
