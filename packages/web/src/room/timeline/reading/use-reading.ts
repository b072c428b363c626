import type { MessageWindow, Room } from '@parlor/client'
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
  const isKnown = usePointer(room, isMember, (seen) => {
    reading.current = startLate(seen, opened.current, now.current)
  })
  const [, render] = useState(0)
  if (isKnown) reading.current = advanceReading(reading.current, now.current)
  const { seen } = reading.current
  useEffect(() => {
    if (isKnown && isMember && seen > 0) room.markRead(seen)
  }, [room, isKnown, isMember, seen])
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

/**
 * Reads once how far the user had read when the room was opened, and then removes the mark that says otherwise. True once that is
 * known; without an answer nothing counts as unread.
 */
function usePointer(room: Room, isMember: boolean, onKnown: (seen: number | null) => void): boolean {
  const { parlor } = useApp().session
  const [isKnown, setKnown] = useState(!isMember)
  useEffect(() => {
    if (isKnown) return
    let isGone = false
    const know = (seen: number | null) => {
      if (isGone) return
      onKnown(seen)
      setKnown(true)
      room.markRead(0, { clearUnread: true })
    }
    parlor.call('read-state.get', { room_id: room.id }).then(
      (state) => know(firstUnread(state) - 1),
      () => know(null),
    )
    return () => {
      isGone = true
    }
  }, [room])
  return isKnown
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
