import type { Person } from '../../ui/avatar.tsx'

/** A message as a line shows it: stored, or on its way. */
export type Shown = {
  /** Stays the same from the moment of writing on, so that a message keeps its place when it is stored. */
  key: string
  id: string | null
  seq: number | null
  text: string
  sender: Person
  reply_to: string | null
  at: string
  status: 'sent' | 'sending' | 'queued' | 'failed'
  /** Why it could not be sent. */
  code: string | null
}

export type Line =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string }
  | {
      kind: 'message'
      key: string
      message: Shown
      /** Whether it shows who speaks: not if the one before it did so a moment ago. */
      starts: boolean
    }

const togetherMs = 5 * 60_000

/**
 * What stands in the timeline: a line for each message, one before the first of each day, and one before the first that is
 * newer than `readTo`, if there is one.
 */
export function linesOf(messages: readonly Shown[], readTo: number | null): Line[] {
  const lines: Line[] = []
  let before: Shown | null = null
  let isMarked = readTo === null
  for (const message of messages) {
    const opens: Line[] = []
    if (!before || dayOf(before.at) !== dayOf(message.at))
      opens.push({ kind: 'day', key: `day ${dayOf(message.at)}`, at: message.at })
    if (!isMarked && isNewer(message, readTo)) {
      isMarked = true
      // Above the first message of a window the line would say that all before it is read, which nobody knows.
      if (before) opens.push({ kind: 'unread', key: 'unread' })
    }
    const starts = opens.length > 0 || !before || !belongTogether(before, message)
    lines.push(...opens, { kind: 'message', key: message.key, message, starts })
    before = message
  }
  return lines
}

const isNewer = ({ seq }: Shown, readTo: number | null) => seq !== null && readTo !== null && seq > readTo

function belongTogether(before: Shown, message: Shown): boolean {
  if (before.sender.id !== message.sender.id || message.reply_to !== null) return false
  return Math.abs(Date.parse(message.at) - Date.parse(before.at)) < togetherMs
}

/** The day of the reader's own calendar. */
function dayOf(at: string): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}
