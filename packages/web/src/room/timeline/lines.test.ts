import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TimelineItem } from '@parlor/client'
import { type Line, linesOf } from './lines.ts'

const people = { ann: 'Ann', ben: 'Ben' }
const me = 'cat'
const noon = new Date(2026, 2, 12, 12).getTime()

type Rest = { reply_to?: string; isUnsent?: boolean }

function message(n: number, minute: number, by: keyof typeof people = 'ann', rest: Rest = {}): TimelineItem {
  const common = {
    room_id: 'room',
    client_id: null,
    type: 'text' as const,
    content: '',
    format: null,
    url: null,
    sender: { id: by, name: people[by], avatar_url: null, guest: false },
    reply_to: rest.reply_to ?? null,
    created_at: new Date(noon + minute * 60_000).toISOString(),
    edited_at: null,
  }
  const message = rest.isUnsent ? { ...common, id: null, seq: null, file_ids: [] } : { ...common, id: `m${n}`, seq: n }
  return { key: `m${n}`, status: rest.isUnsent ? 'sending' : 'sent', error: null, message, retry: null, discard: null }
}

/** Lines in short form: `*` before a message that shows its sender. */
const short = (lines: readonly Line[]) =>
  lines.map((line) => (line.kind === 'message' ? (line.showsSender ? `*${line.key}` : line.key) : line.kind))

describe('the lines of a timeline', () => {
  it('show the sender once for messages within five minutes', () => {
    const lines = linesOf([message(1, 0), message(2, 4), message(3, 8), message(4, 13)], null, me)
    assert.deepEqual(short(lines), ['day', '*m1', 'm2', 'm3', '*m4'])
  })

  it('show the sender when it changes, and above a reply', () => {
    const lines = linesOf([message(1, 0), message(2, 1, 'ben'), message(3, 2, 'ben', { reply_to: 'm1' })], null, me)
    assert.deepEqual(short(lines), ['day', '*m1', '*m2', '*m3'])
  })

  it('begin each calendar day with its date', () => {
    const lines = linesOf([message(1, 0), message(2, 12 * 60 - 1), message(3, 12 * 60 + 1)], null, me)
    assert.deepEqual(short(lines), ['day', '*m1', '*m2', 'day', '*m3'])
  })

  it('have one unread line where the reader stopped', () => {
    const messages = [message(1, 0), message(2, 1), message(4, 2), message(5, 3)]
    assert.deepEqual(short(linesOf(messages, 3, me)), ['day', '*m1', 'm2', 'unread', '*m4', 'm5'])
    assert.deepEqual(short(linesOf(messages, 5, me)), ['day', '*m1', 'm2', 'm4', 'm5'])
  })

  it('have no unread line above own messages', () => {
    const messages = [message(1, 0), message(2, 1, 'ben'), message(3, 2)]
    assert.deepEqual(short(linesOf(messages, 1, 'ben')), ['day', '*m1', '*m2', 'unread', '*m3'])
    assert.deepEqual(short(linesOf(messages.slice(0, 2), 1, 'ben')), ['day', '*m1', '*m2'])
  })

  it('have no unread line at the edge of the loaded messages, nor above unsent ones', () => {
    const messages = [message(1, 0), message(2, 1, 'ann', { isUnsent: true })]
    assert.deepEqual(short(linesOf(messages, 0, me)), ['day', '*m1', 'm2'])
    assert.deepEqual(short(linesOf(messages, 1, me)), ['day', '*m1', 'm2'])
  })

  it('have distinct keys', () => {
    const lines = linesOf(
      Array.from({ length: 400 }, (_, at) => message(at, at * 30)),
      200,
      me,
    )
    assert.equal(new Set(lines.map(({ key }) => key)).size, lines.length)
  })
})
