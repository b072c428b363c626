import type { TimelineItem } from '@parlor/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import { saidIn } from './message/said.ts'

/** At most one announcement per interval, and at most so many messages read in full. */
const everyMs = 1500
const inFull = 3

/** Announces new messages of others to screen readers, not loaded history. */
export function Announcements({
  items,
  isWhole,
  own_id,
}: {
  items: readonly TimelineItem[]
  isWhole: boolean
  own_id: string
}) {
  const t = useTexts()
  const newest = useRef<number | null>(null)
  const waiting = useRef<TimelineItem[]>([])
  const [spoken, setSpoken] = useState<readonly TimelineItem[]>([])
  useEffect(() => {
    if (!isWhole) return
    const before = newest.current
    newest.current = items.reduce((highest, { message: { seq } }) => Math.max(highest, seq ?? 0), before ?? 0)
    if (before === null) return
    waiting.current.push(
      ...items.filter(({ message: { seq, sender } }) => seq !== null && seq > before && sender.id !== own_id),
    )
  }, [items, isWhole])
  useEffect(() => {
    const timer = setInterval(() => {
      if (waiting.current.length > 0) setSpoken(waiting.current.splice(0))
    }, everyMs)
    return () => clearInterval(timer)
  }, [])
  return (
    <div class="visually-hidden" aria-live="polite" data-announcements>
      {spoken.length > inFull ? (
        <p>{t('timeline.new', { count: spoken.length })}</p>
      ) : (
        spoken.map(({ key, message }) => (
          <p key={key}>{t('message.said', { name: message.sender.name, text: saidIn(message) })}</p>
        ))
      )}
    </div>
  )
}
