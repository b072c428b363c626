import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { settle, stillTime } from '../../testing/client.ts'
import { ParlorError } from '../../error.ts'
import { createOutbox } from './outbox.ts'
import type { RoomProgress } from './outbox.ts'
import type { Unsent } from './unsent.ts'
import { type Keep, memoryKeep } from '../../connection/storage.ts'
import type { Message } from '../../types.ts'

/** A server that answers when the test says so. */
function stage(keep: Keep = memoryKeep()) {
  const { time, advance } = stillTime()
  const asked: { unsent: Unsent; answer: PromiseWithResolvers<Message> }[] = []
  const at = { isUp: true, progress: null as RoomProgress | null }
  const outbox = createOutbox({
    keep,
    prefix: 'parlor::unsent:',
    time,
    isUp: () => at.isUp,
    progress: () => at.progress,
    send(unsent) {
      const answer = Promise.withResolvers<Message>()
      asked.push({ unsent, answer })
      return answer.promise
    },
  })
  outbox.load('ann')
  let seq = 0
  return {
    outbox,
    keep,
    asked,
    at,
    advance,
    contents: () => asked.map(({ unsent }) => unsent.content),
    shown: () =>
      outbox
        .pending('r')
        .get()
        .map(({ unsent, phase }) => `${unsent.content} ${phase}`),
    async stores(n: number) {
      const one = asked[n]
      seq += 1
      one?.answer.resolve(stored(one.unsent, seq))
      await settle()
    },
    async refuses(n: number, error: ParlorError) {
      asked[n]?.answer.reject(error)
      await settle()
    },
  }
}

const stored = ({ client_id, content }: Unsent, seq: number): Message => ({
  ...{ id: `m${seq}`, room_id: 'r', seq, client_id, type: 'text', content, format: null, url: null, reply_to: null },
  sender: { id: 'ann', name: 'Ann', avatar_url: null, guest: true },
  created_at: '2026-01-01T00:00:00.000Z',
  edited_at: null,
})

const later = (details = {}) => new ParlorError('room_busy', 'Busy', { retry: 'later', details })
const never = new ParlorError('too_large', 'Too large')

suite('the outbox', () => {
  test('[O2] sends the messages of a room one after the other, and rooms do not wait for each other', async () => {
    const { outbox, contents, stores } = stage()
    outbox.enqueue('r', 'one', null)
    outbox.enqueue('r', 'two', null)
    outbox.enqueue('other', 'elsewhere', null)
    assert.deepEqual(contents(), ['one', 'elsewhere'])
    await stores(0)
    assert.deepEqual(contents(), ['one', 'elsewhere', 'two'])
  })

  test('[O1] keeps each unsent message under its own storage key, and the next client of the same user sends the rest', async () => {
    const first = stage()
    first.at.isUp = false
    for (const content of ['one', 'two']) first.outbox.enqueue('r', content, 'm0')
    assert.equal(first.keep.keys().length, 2)
    const next = stage(first.keep)
    assert.equal(next.outbox.queued.get(), 2)
    next.outbox.resumeAll()
    await next.stores(0)
    await next.stores(1)
    const before = first.outbox
      .pending('r')
      .get()
      .map(({ unsent }) => unsent.client_id)
    assert.deepEqual(
      next.asked.map(({ unsent }) => [unsent.content, unsent.reply_to]),
      [
        ['one', 'm0'],
        ['two', 'm0'],
      ],
    )
    assert.deepEqual(
      next.asked.map(({ unsent }) => unsent.client_id),
      before,
      '[O3] under the same client_id',
    )
    assert.deepEqual(first.keep.keys(), [])
  })

  test('[O4] retries after growing pauses, or after retry_after', async () => {
    const { outbox, asked, advance, refuses } = stage()
    outbox.enqueue('r', 'one', null)
    await refuses(0, later())
    assert.equal(asked.length, 1)
    advance(375)
    assert.equal(asked.length, 2)
    await refuses(1, later())
    advance(375)
    assert.equal(asked.length, 2)
    advance(375)
    assert.equal(asked.length, 3)
    await refuses(2, later({ retry_after: 9 }))
    advance(8999)
    assert.equal(asked.length, 3)
    advance(1)
    assert.equal(asked.length, 4)
    assert.deepEqual(new Set(asked.map(({ unsent }) => unsent.client_id)).size, 1)
  })

  test('[O4] a new connection ends the pause before a retry; events and new messages do not', async () => {
    const { outbox, contents, advance, stores, refuses } = stage()
    outbox.enqueue('r', 'one', null)
    await refuses(0, later({ retry_after: 10 }))
    outbox.resume('r')
    outbox.enqueue('r', 'two', null)
    await settle()
    assert.deepEqual(contents(), ['one'])
    advance(10_000)
    assert.deepEqual(contents(), ['one', 'one'])
    await refuses(1, later({ retry_after: 10 }))
    outbox.resumeAll()
    assert.deepEqual(contents(), ['one', 'one', 'one'])
    advance(10_000)
    await stores(2)
    assert.deepEqual(contents(), ['one', 'one', 'one', 'two'])
    await refuses(3, later({ retry_after: 10 }))
    outbox.close()
    advance(20_000)
    assert.equal(contents().length, 4)
  })

  test('[O2] [O4] a message refused for good delays no others, and is still shown as failed after a reload', async () => {
    const { outbox, keep, shown, stores, refuses } = stage()
    const sending = outbox.enqueue('r', 'one', null)
    outbox.enqueue('r', 'two', null)
    await refuses(0, never)
    await assert.rejects(sending.stored, never)
    assert.deepEqual(sending.status.get(), { phase: 'failed', code: 'too_large' })
    await stores(1)
    assert.deepEqual(shown(), ['one failed'])
    const next = stage(keep)
    next.outbox.resumeAll()
    assert.deepEqual([next.shown(), next.contents(), next.outbox.queued.get()], [['one failed'], [], 0])
    next.outbox.retry(sending.client_id)
    assert.deepEqual(next.contents(), ['one'])
    await next.refuses(0, never)
    next.outbox.discard(sending.client_id)
    assert.deepEqual([next.shown(), keep.keys()], [[], []])
  })

  test('[O3] a message that comes back in the room counts as stored, whatever happens to its acknowledgement', async () => {
    const { outbox, asked, shown, refuses, at } = stage()
    at.progress = { isReady: true, seq: 0 }
    const sending = outbox.enqueue('r', 'one', null)
    outbox.enqueue('r', 'two', null)
    const [one] = asked
    assert.ok(one)
    outbox.confirm(stored(one.unsent, 7))
    assert.equal((await sending.stored).seq, 7)
    assert.deepEqual(shown(), ['one sent', 'two queued'])
    at.progress.seq = 7
    outbox.resume('r')
    assert.deepEqual(shown(), ['two queued'])
    await refuses(0, new ParlorError('offline', '', { retry: 'resend' }))
    assert.deepEqual(shown(), ['two sending'])
  })

  test('sends nothing to a room before it is joined', async () => {
    const { outbox, contents, at } = stage()
    at.progress = { isReady: false, seq: 0 }
    outbox.enqueue('r', 'one', null)
    assert.deepEqual(contents(), [])
    at.progress.isReady = true
    outbox.resume('r')
    assert.deepEqual(contents(), ['one'])
  })

  test('[O5] sends messages only for the user who wrote them, when that user is back', async () => {
    const { outbox, contents, at, shown } = stage()
    at.isUp = false
    outbox.enqueue('r', 'of Ann', null)
    outbox.load('bob')
    at.isUp = true
    outbox.resumeAll()
    assert.deepEqual([shown(), contents()], [[], []])
    outbox.load('ann')
    outbox.resumeAll()
    assert.deepEqual(contents(), ['of Ann'])
  })

  test('[O5] a message that is refused after another user signed in stays with its author', async () => {
    const { outbox, keep, shown, refuses } = stage()
    outbox.enqueue('r', 'of Ann', null)
    outbox.load('bob')
    await refuses(0, never)
    assert.deepEqual(
      keep.keys().filter((key) => key.includes('bob')),
      [],
    )
    outbox.load('ann')
    assert.deepEqual(shown(), ['of Ann failed'])
  })

  test('[O5] does not store messages written while signed out', () => {
    const { outbox, keep } = stage()
    outbox.load(null)
    outbox.enqueue('r', 'of nobody', null)
    outbox.load('bob')
    assert.deepEqual(keep.keys(), [])
  })

  test('sends messages even if the storage is full', () => {
    const { outbox, contents } = stage({
      ...memoryKeep(),
      set() {
        throw new Error('quota')
      },
    })
    outbox.enqueue('r', 'one', null)
    assert.deepEqual(contents(), ['one'])
  })

  test('[O6] a different message sent earlier under the same client_id does not confirm this one', async () => {
    const { outbox, asked, keep, refuses, stores, shown } = stage()
    const sending = outbox.enqueue('r', 'the text', null)
    const { client_id } = sending
    const [first] = asked
    assert.ok(first)
    outbox.confirm({ ...stored(first.unsent, 1), content: 'something else' })
    assert.deepEqual(shown(), ['the text sending'])
    await refuses(0, new ParlorError('client_id_reused', 'Used'))
    assert.deepEqual([shown(), sending.status.get().code], [['the text failed'], 'client_id_reused'])
    outbox.retry(client_id)
    const [, second] = asked
    assert.ok(second && second.unsent.client_id !== client_id)
    assert.deepEqual(
      [second.unsent.content, keep.keys()],
      ['the text', [`parlor::unsent:ann:${second.unsent.client_id}`]],
    )
    await stores(1)
    assert.deepEqual([sending.status.get().phase, keep.keys()], ['sent', []])
  })

  test('[O6] recognizes its text in the form in which the server stores it', async () => {
    for (const [written, change] of [
      ['x\ud83d', { content: 'x\ufffd' }],
      ['x', { content: 'y', edited_at: '2026-01-01T00:00:00.000Z' }],
    ] as const) {
      const { outbox, asked, shown } = stage()
      outbox.enqueue('r', written, null)
      const [first] = asked
      if (first) outbox.confirm({ ...stored(first.unsent, 1), ...change })
      assert.deepEqual(shown(), [])
    }
  })

  test('[O7] a message that waits for its files delays no other, and is sent with them', async () => {
    const { outbox, asked, shown, stores } = stage()
    const { client_id, status } = outbox.enqueue('r', 'a picture', null, 'later')
    outbox.enqueue('r', 'a text', null)
    assert.deepEqual([status.get().phase, outbox.queued.get()], ['waiting', 2])
    await stores(0)
    outbox.resumeAll()
    assert.deepEqual(shown(), ['a picture waiting'])
    outbox.setFiles(client_id, ['f1', 'f2'])
    outbox.setFiles(client_id, ['f3'])
    assert.deepEqual(
      asked.map(({ unsent }) => [unsent.content, unsent.file_ids]),
      [
        ['a text', []],
        ['a picture', ['f1', 'f2']],
      ],
    )
  })

  test('[O7] a message still waits after a reload, and can be taken back', async () => {
    const first = stage()
    const { client_id } = first.outbox.enqueue('r', '', null, 'later')
    const other = first.outbox.enqueue('r', 'another', null, 'later')
    const next = stage(first.keep)
    next.outbox.resumeAll()
    assert.deepEqual([next.asked, next.shown()], [[], [' waiting', 'another waiting']])
    next.outbox.discard(other.client_id)
    next.outbox.setFiles(client_id, ['f1'])
    const last = stage(first.keep)
    last.outbox.resumeAll()
    assert.deepEqual(
      last.asked.map(({ unsent }) => unsent.file_ids),
      [['f1']],
    )
  })

  test('[O6] a message with other files is not the one that was written', async () => {
    const { outbox, asked, shown } = stage()
    const file = { id: 'f1', url: '', name: '', mime_type: '', kind: 'file', state: 'ready', size: 1 } as const
    const facts = { width: null, height: null, duration: null, waveform: null, placeholder: null, alt: null }
    outbox.enqueue('r', '', null, ['f1'])
    const [first] = asked
    assert.ok(first)
    outbox.confirm(stored(first.unsent, 1))
    assert.deepEqual(shown(), [' sending'])
    outbox.confirm({ ...stored(first.unsent, 1), files: [{ ...file, ...facts, renditions: [] }] })
    assert.deepEqual(shown(), [])
  })
})
