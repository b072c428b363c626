import type { MessageWindow } from '@parlor/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { userStorage } from '../../../user-storage.ts'
import { startReading, advanceReading, type Reading } from './reading.ts'

const nameOf = (room_id: string) => `read.${room_id}`

/** How far the user has read, stored for the next visit; without storage there is no unread line then. */
export function useReading(
  room_id: string,
  user_id: string,
  { items, hasNewer }: MessageWindow,
  following: boolean,
): Reading {
  const reading = useRef<Reading | null>(null)
  reading.current ??= startReading(lastSeen(room_id, user_id))
  const isHidden = useHidden()
  const newest = items.findLast(({ message }) => message.seq !== null)?.message.seq ?? 0
  reading.current = advanceReading(reading.current, {
    newest,
    away: isHidden ? 'hidden' : following && !hasNewer ? 'no' : 'up',
  })
  const { seen } = reading.current
  useEffect(() => {
    if (seen > 0) userStorage(user_id).set(nameOf(room_id), String(seen))
  }, [room_id, user_id, seen])
  return reading.current
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

function lastSeen(room_id: string, user_id: string): number | null {
  const seq = Number(userStorage(user_id).get(nameOf(room_id)) ?? Number.NaN)
  return Number.isSafeInteger(seq) ? seq : null
}
