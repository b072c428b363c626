import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import * as timeline from './timeline.ts'
import type { Message } from '../types.ts'

const sender = { id: 'ann', name: 'Ann', avatar_url: null, guest: true }
const blank = { room_id: 'r', client_id: null, type: 'text' as const, format: null, url: null, reply_to: null }
const message = (seq: number): Message => ({
  ...blank,
  id: `m${seq}`,
  seq,
  content: `message ${seq}`,
  sender,
  created_at: '2026-01-01T00:00:00.000Z',
  edited_at: null,
})

/** A room's whole history, which answers pages as the server does (CONTRACT of messages.history). */
class Log {
  readonly messages: Message[] = []
  #seq = 0

  /** The seqs between messages belong to other events. */
  add(gap: number): Message {
    this.#seq += 1 + gap
    const made = message(this.#seq)
    this.messages.push(made)
    return made
  }

  page({ before, after, limit }: { before?: number; after?: number; limit: number }): timeline.Page {
    if (after !== undefined) {
      const rest = this.messages.filter(({ seq }) => seq > after)
      const messages = rest.slice(0, limit)
      return { messages, next_cursor: rest.length > limit ? (messages.at(-1)?.seq ?? null) : null }
    }
    const rest = this.messages.filter(({ seq }) => seq < (before ?? Number.POSITIVE_INFINITY))
    const messages = rest.slice(-limit)
    return { messages, next_cursor: rest.length > limit ? (messages[0]?.seq ?? null) : null }
  }
}

const seqs = ({ messages }: timeline.Window) => messages.map(({ seq }) => seq)
const bounds = { size: 10, anchor: null }

/** A window with the newest `limit` messages of the log. */
function snapshot(log: Log, limit: number, window = timeline.emptyWindow): timeline.Window {
  const { messages, next_cursor } = log.page({ limit })
  const begun = timeline.begin(window, next_cursor)
  return messages.reduce((now, one) => timeline.receive(now, one, { size: 400, anchor: null }), begun)
}

function logOf(count: number): Log {
  const log = new Log()
  for (let n = 0; n < count; n++) log.add(0)
  return log
}

suite('the window of messages', () => {
  test('[S9] renames the sender on all messages in the window, and keeps the same window object when nothing changed', () => {
    const window = snapshot(logOf(3), 10)
    const anna = { ...sender, name: 'Anna' }
    const renamed = timeline.updatePerson(window, anna)
    assert.deepEqual(
      renamed.messages.map((message) => message.sender.name),
      ['Anna', 'Anna', 'Anna'],
    )
    assert.equal(timeline.updatePerson(renamed, { ...anna }), renamed)
    assert.equal(timeline.updatePerson(window, { ...anna, id: 'ben' }), window)
  })

  test('[S3] drops the oldest messages of a full window and sets hasOlder', () => {
    const log = logOf(10)
    let window = snapshot(log, 10)
    assert.equal(window.older, null)
    window = timeline.receive(window, log.add(0), bounds)
    assert.deepEqual(seqs(window), [2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    assert.equal(window.older, 2)
    assert.deepEqual(
      log.page({ before: 2, limit: 5 }).messages.map(({ seq }) => seq),
      [1],
    )
  })

  test('[S3] [S4] keeps the messages around a reader far up, and counts new ones', () => {
    const log = logOf(10)
    let window = snapshot(log, 10)
    for (let n = 0; n < 3; n++) window = timeline.receive(window, log.add(0), { size: 10, anchor: 2 })
    assert.deepEqual(seqs(window), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert.deepEqual([window.hasNewer, window.unseen], [true, 3])
    const after = timeline.newerThan(window)
    assert.equal(after, 10)
    window = timeline.append(window, log.page({ after, limit: 2 }), after, bounds)
    assert.deepEqual([window.hasNewer, window.unseen, window.older], [true, 1, 3])
    window = timeline.append(window, log.page({ after: 12, limit: 2 }), 12, bounds)
    assert.deepEqual([window.hasNewer, window.unseen], [false, 0])
    assert.deepEqual(seqs(window), [4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
  })

  test('[S3] drops the newest messages when older pages fill the window', () => {
    const log = logOf(30)
    let window = snapshot(log, 10)
    const before = timeline.olderThan(window)
    assert.equal(before, 21)
    window = timeline.prepend(window, log.page({ before, limit: 6 }), before, bounds)
    assert.deepEqual(seqs(window), [15, 16, 17, 18, 19, 20, 21, 22, 23, 24])
    assert.deepEqual([window.hasNewer, window.older, window.unseen], [true, 15, 0])
  })

  test('[S3] ignores a page that was requested before the window moved', () => {
    const log = logOf(30)
    const window = snapshot(log, 10)
    const page = log.page({ before: 21, limit: 5 })
    const moved = timeline.prepend(window, page, 21, bounds)
    assert.equal(timeline.prepend(moved, page, 21, bounds), moved)
    const again = snapshot(log, 3, moved)
    assert.equal(timeline.prepend(again, page, 21, bounds), again)
    assert.equal(timeline.append(again, log.page({ after: 4, limit: 5 }), 4, bounds), again)
  })

  test('[S4] sets hasNewer for messages that arrive while the last page is loading', () => {
    const log = logOf(30)
    let window = timeline.showOlder(snapshot(log, 10), log.page({ before: 25, limit: 5 }))
    const page = log.page({ after: 24, limit: 10 })
    window = timeline.receive(window, log.add(0), bounds)
    window = timeline.append(window, page, 24, bounds)
    assert.deepEqual([window.messages.at(-1)?.seq, window.hasNewer, window.unseen], [30, true, 1])
    window = timeline.append(window, log.page({ after: 30, limit: 10 }), 30, bounds)
    assert.deepEqual([window.messages.at(-1)?.seq, window.hasNewer, window.unseen], [31, false, 0])
  })

  test('[S1] shows a message once that arrived live and in the newest page', () => {
    const log = logOf(5)
    let window = timeline.showLatest(timeline.begin(timeline.emptyWindow, null), log.page({ limit: 10 }))
    window = timeline.receive(window, message(5), bounds)
    assert.deepEqual(seqs(window), [1, 2, 3, 4, 5])
  })

  test('[S2] starts a new window with a snapshot that leaves a gap', () => {
    const log = logOf(5)
    const before = snapshot(log, 5)
    for (let n = 0; n < 100; n++) log.add(0)
    const after = snapshot(log, 3, before)
    assert.deepEqual(seqs(after), [103, 104, 105])
    assert.deepEqual([after.older, after.generation], [103, before.generation + 1])
  })

  test('[S3] holds no more than windowSize after 20,000 messages', () => {
    const log = new Log()
    let window = timeline.begin(timeline.emptyWindow, null)
    for (let n = 0; n < 20_000; n++) {
      window = timeline.receive(window, log.add(n % 2), { size: 400, anchor: null })
      assert.ok(window.messages.length <= 400)
    }
    assert.deepEqual(window.messages, log.messages.slice(-400))
  })
})

/** Operations on a window; the answer to a page request may come later, or never. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), gap: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('receive' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('older' as const, 'newer' as const, 'latest' as const),
      limit: fc.integer({ min: 1, max: 8 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('answer' as const), which: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('snapshot' as const), limit: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('look' as const), at: fc.option(fc.nat(11)) }) },
)

const size = 12

test('[S1] [S3] [S4] the window is a contiguous part of the log, with right hasOlder and hasNewer, after random operations', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 }), fc.array(step, { maxLength: 120, size: 'max' }), (count, steps) => {
      const log = logOf(count)
      let window = snapshot(log, 5)
      let anchor: number | null = null
      /** Sent and not yet received. */
      let coming: Message[] = []
      const asked: ((now: timeline.Window) => timeline.Window)[] = []
      for (const one of steps) {
        const at = { size, anchor }
        if (one.do === 'send') coming.push(log.add(one.gap))
        else if (one.do === 'look') anchor = one.at === null ? null : (window.messages[one.at]?.seq ?? null)
        else if (one.do === 'snapshot') {
          coming = []
          window = snapshot(log, one.limit, window)
        } else if (one.do === 'receive') {
          const next = coming.shift()
          if (next) window = timeline.receive(window, next, at)
        } else if (one.do === 'answer') {
          const [answer] = asked.splice(one.which, 1)
          if (answer) window = answer(window)
        } else asked.push(askFor(one.do, log, window, one.limit))
        check(window, log, coming)
      }
    }),
    { numRuns: 500 },
  )
})

/** The server reads the page now; it is applied when the answer arrives. */
function askFor(which: 'older' | 'newer' | 'latest', log: Log, window: timeline.Window, limit: number) {
  const { generation } = window
  const same = (apply: (now: timeline.Window) => timeline.Window) => (now: timeline.Window) =>
    now.generation === generation ? apply(now) : now
  const at = { size, anchor: null }
  if (which === 'latest') {
    const page = log.page({ limit })
    return same((now) => timeline.showLatest(now, page))
  }
  const where = which === 'older' ? timeline.olderThan(window) : timeline.newerThan(window)
  if (where === null) return same((now) => now)
  if (which === 'older') {
    const page = log.page({ before: where, limit })
    return same((now) => timeline.prepend(now, page, where, at))
  }
  const page = log.page({ after: where, limit })
  return same((now) => timeline.append(now, page, where, at))
}

function check(window: timeline.Window, log: Log, coming: readonly Message[]): void {
  const all = log.messages
  const { messages, older, hasNewer } = window
  assert.ok(messages.length <= size)
  const start = all.findIndex(({ seq }) => seq === messages[0]?.seq)
  if (messages.length > 0)
    assert.deepEqual(messages, all.slice(start, start + messages.length), 'a piece without a hole')
  if (messages.length > 0) assert.equal(older !== null, start > 0, 'it knows whether there are older ones')
  if (older !== null) assert.deepEqual(log.page({ before: older, limit: 1 }).messages.at(-1)?.seq, all[start - 1]?.seq)
  const last = messages.at(-1)?.seq ?? 0
  const heard = all.filter(({ seq }) => seq > last && (coming.length === 0 || seq < (coming[0]?.seq ?? 0)))
  if (hasNewer) assert.ok((all.at(-1)?.seq ?? 0) > last, 'there are newer ones')
  if (!hasNewer) assert.deepEqual([heard, window.unseen], [[], 0], 'all that was heard is there')
  assert.ok(window.unseen <= heard.length, 'no more is counted than there is')
}
