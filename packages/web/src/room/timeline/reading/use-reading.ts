import type { MessageWindow } from '@parlor/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { keptOf } from '../../../user-storage.ts'
import { opened, readOn, type Reading } from './reading.ts'

const nameOf = (room_id: string) => `read.${room_id}`

/** How far this reader has read, kept for the next time: a browser that keeps nothing draws no line then. */
export function useReading(
  room_id: string,
  user_id: string,
  { items, hasNewer }: MessageWindow,
  following: boolean,
): Reading {
  const reading = useRef<Reading | null>(null)
  reading.current ??= opened(lastSeen(room_id, user_id))
  const isHidden = useHidden()
  const newest = items.findLast(({ message }) => message.seq !== null)?.message.seq ?? 0
  reading.current = readOn(reading.current, {
    newest,
    away: isHidden ? 'hidden' : following && !hasNewer ? 'no' : 'up',
  })
  const { seen } = reading.current
  useEffect(() => {
    if (seen > 0) keptOf(user_id).set(nameOf(room_id), String(seen))
  }, [room_id, user_id, seen])
  return reading.current
}

/** How many messages of others are newer than what was seen. */
export const countUnseen = ({ items, unseen }: MessageWindow, seen: number, own_id: string): number =>
  unseen + items.filter(({ message: { seq, sender } }) => seq !== null && seq > seen && sender.id !== own_id).length

/** Whether nobody can see the page: another one is in front of it. */
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
  const seq = Number(keptOf(user_id).get(nameOf(room_id)) ?? Number.NaN)
  return Number.isSafeInteger(seq) ? seq : null
}
