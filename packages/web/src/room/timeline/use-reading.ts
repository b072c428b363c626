import type { MessageWindow } from '@parlor/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { opened, readOn, type Reading } from './reading.ts'

const keyOf = (room_id: string) => `parlor.read.${room_id}`

/** How far the reader of this page has read, kept for the next time as far as the browser keeps things. */
export function useReading(room_id: string, { items, hasNewer }: MessageWindow, following: boolean): Reading {
  const reading = useRef<Reading | null>(null)
  reading.current ??= opened(kept(room_id))
  const isHidden = useHidden()
  const newest = items.findLast(({ message }) => message.seq !== null)?.message.seq ?? 0
  reading.current = readOn(reading.current, {
    newest,
    away: isHidden ? 'hidden' : following && !hasNewer ? 'no' : 'up',
  })
  const { seen } = reading.current
  useEffect(() => {
    if (seen > 0) keep(room_id, seen)
  }, [room_id, seen])
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

function kept(room_id: string): number | null {
  try {
    const seq = Number(localStorage.getItem(keyOf(room_id)) ?? Number.NaN)
    return Number.isSafeInteger(seq) ? seq : null
  } catch {
    return null
  }
}

/** A browser that keeps nothing draws no line the next time. */
function keep(room_id: string, seq: number): void {
  try {
    localStorage.setItem(keyOf(room_id), String(seq))
  } catch {}
}
