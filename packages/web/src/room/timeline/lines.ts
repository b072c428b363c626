import type { TimelineItem } from '@parlor/client'

export type Line =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string }
  | {
      kind: 'message'
      key: string
      item: TimelineItem
      /** Whether the sender is shown: not if the message before is theirs and recent. */
      showsSender: boolean
    }

const togetherMs = 5 * 60_000

/**
 * The timeline's lines: each message, the date before the first of each day, and the unread line before the first
 * message of others that is newer than `readTo`.
 */
export function linesOf(items: readonly TimelineItem[], readTo: number | null, own_id: string): Line[] {
  const lines: Line[] = []
  let before: TimelineItem | null = null
  let isMarked = readTo === null
  for (const item of items) {
    const opens: Line[] = []
    const at = item.message.created_at
    if (!before || dayOf(before.message.created_at) !== dayOf(at))
      opens.push({ kind: 'day', key: `day ${dayOf(at)}`, at })
    if (!isMarked && item.message.sender.id !== own_id && isNewer(item, readTo)) {
      isMarked = true
      // Above the first loaded message the line could be wrong: older unread ones may not be loaded.
      if (before) opens.push({ kind: 'unread', key: 'unread' })
    }
    const showsSender = opens.length > 0 || !before || !belongTogether(before, item)
    lines.push(...opens, { kind: 'message', key: item.key, item, showsSender })
    before = item
  }
  return lines
}

const isNewer = ({ message: { seq } }: TimelineItem, readTo: number | null) =>
  seq !== null && readTo !== null && seq > readTo

function belongTogether({ message: before }: TimelineItem, { message }: TimelineItem): boolean {
  if (before.sender.id !== message.sender.id || message.reply_to !== null) return false
  return Math.abs(Date.parse(message.created_at) - Date.parse(before.created_at)) < togetherMs
}

/** The calendar day in the reader's time zone. */
function dayOf(at: string): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}
