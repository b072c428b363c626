import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import type { Caller } from '../../core/caller.ts'
import type { Holder } from '../../room/live/live.ts'
import { createAnswers } from './answers.ts'

const caller: Caller = { kind: 'anonymous', address: '192.0.2.1' }
const page = 300 * 1024

/** Answers to clients that read nothing yet. */
async function openAnswers(t: TestContext) {
  const held: { holder: Holder; bytes: number }[] = []
  const answers = createAnswers((holder, bytes) => void held.push({ holder, bytes }))
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const clients: Socket[] = []
  t.after(() => {
    for (const client of clients) client.destroy()
    server.close()
  })
  return {
    answers,
    held,
    async ask(): Promise<{ client: Socket; response: ServerResponse }> {
      const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
      clients.push(client)
      client.on('error', () => {})
      client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      const [, response] = await once(server, 'request')
      return { client, response }
    },
  }
}

test('[T4] [L8] nothing is read for a caller while more than two large answers have not been taken', async (t) => {
  const { answers, held, ask } = await openAnswers(t)
  const [one, two, small] = [await ask(), await ask(), await ask()]
  const reader = answers.readerOf(caller, small.response)
  answers.sent(caller, 10_000, small.response)
  answers.sent(caller, page, one.response)
  assert.equal(reader.isBehind(), false)
  answers.sent(caller, page, two.response)
  assert.equal(reader.isBehind(), true)
  assert.equal(answers.readerOf({ ...caller, address: '192.0.2.2' }, small.response).isBehind(), false)
  assert.deepEqual(
    held.map(({ holder, bytes }) => [holder.owner.address, holder.sink.own(), bytes]),
    [one, two].map(() => ['192.0.2.1', page, page]),
  )
  const drained = new Promise<void>((resolve) => reader.whenDrained(resolve))
  one.response.end('x'.repeat(page))
  one.client.resume()
  await drained
  assert.equal(reader.isBehind(), false)
  assert.deepEqual(
    held.map(({ holder }) => holder.sink.own()),
    [0, page],
  )
})

test('[T4] [L8] an answer that is dropped, or whose connection is gone, does not count', async (t) => {
  const { answers, held, ask } = await openAnswers(t)
  const [one, two, late] = [await ask(), await ask(), await ask()]
  const reader = answers.readerOf(caller, late.response)
  assert.equal(reader.isGone(), false)
  answers.sent(caller, 2 * page, one.response)
  answers.sent(caller, 2 * page, two.response)
  two.response.write('x'.repeat(page))
  const drained = new Promise<void>((resolve) => reader.whenDrained(resolve))
  const closed = once(late.response, 'close')
  one.client.destroy()
  held[1]?.holder.sink.drop()
  late.client.destroy()
  await Promise.all([drained, closed])
  answers.sent(caller, 2 * page, late.response)
  assert.equal(reader.isGone(), true)
  assert.equal(reader.isBehind(), false)
  assert.equal(held.length, 2)
})
