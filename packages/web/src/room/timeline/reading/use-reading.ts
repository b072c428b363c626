import type { MessageWindow, ParlorError, Room } from '@parlor/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../../../app-context.ts'
import { advanceReading, type Away, firstUnread, type Reading, startLate, startReading } from './reading.ts'

/** How far the user has read, which the server keeps for all of their devices; in the lobby, which has no members, this page does. */
export function useReading(room: Room, isMember: boolean, { items, hasNewer }: MessageWindow, following: boolean) {
  const reading = useRef<Reading>(startReading(null))
  const isHidden = useHidden()
  const newest = items.findLast(({ message }) => message.seq !== null)?.message.seq ?? 0
  const away: Away = isHidden ? 'hidden' : following && !hasNewer ? 'no' : 'up'
  const opened = useRef(newest)
  const now = useRef({ newest, away })
  now.current = { newest, away }
  const { isKnown, isRead } = usePointer(room, isMember, (seen) => {
    reading.current = startLate(seen, opened.current, now.current)
  })
  const [, render] = useState(0)
  if (isKnown) reading.current = advanceReading(reading.current, now.current)
  const { seen } = reading.current
  useEffect(() => {
    if (isRead && isMember && seen > 0) room.markRead(seen)
  }, [room, isRead, isMember, seen])
  return {
    ...{ reading: reading.current, isKnown },
    /** Marks the room as unread from a message on, for the next time that it is opened; null where nobody keeps that. */
    markUnread: isMember
      ? (seq: number) => {
          room.markUnread(seq)
          reading.current = { ...reading.current, unreadAfter: seq - 1 }
          render((count) => count + 1)
        }
      : null,
  }
}

/** Ms after which a failed read is tried again. */
const retryAfter = 30_000

/**
 * Reads once how far the user had read when the room was opened, and then removes the mark that says otherwise. `isKnown` once
 * there is an answer, or none: then nothing counts as unread. The pointer moves only once it was read (`isRead`): after a failure
 * the user's other devices keep theirs. A mark that was read late stays, as the user has not been shown where it is.
 */
function usePointer(room: Room, isMember: boolean, onKnown: (seen: number | null) => void) {
  const { parlor } = useApp().session
  const [state, setState] = useState({ isKnown: !isMember, isRead: false })
  useEffect(() => {
    if (state.isKnown) return
    let isGone = false
    let isLate = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const know = (seen: number | null) => {
      if (isGone) return
      if (!isLate) onKnown(seen)
      if (!isLate && seen !== null) room.markRead(0, { clearUnread: true })
      isLate = true
      setState({ isKnown: true, isRead: seen !== null })
    }
    const read = () =>
      parlor.call('read-state.get', { room_id: room.id }).then(
        (stored) => know(firstUnread(stored) - 1),
        (error: ParlorError) => {
          know(null)
          if (!isGone && error.retry !== 'never') timer = setTimeout(read, retryAfter)
        },
      )
    void read()
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [room])
  return state
}

/** The number of messages of others that are newer than `seen`. */
export const countUnseen = ({ items, unseen }: MessageWindow, seen: number, own_id: string): number =>
  unseen + items.filter(({ message: { seq, sender } }) => seq !== null && seq > seen && sender.id !== own_id).length

/** Whether the page is hidden. */
export function useHidden(): boolean {
  const [isHidden, setHidden] = useState(document.hidden)
  useEffect(() => {
    const follow = () => setHidden(document.hidden)
    document.addEventListener('visibilitychange', follow)
    return () => document.removeEventListener('visibilitychange', follow)
  }, [])
  return isHidden
}
