import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queuedLineBytes } from './line-sink.ts'
import { createLogging } from './log.ts'
import type { Written } from './output.ts'

test('[LOG2] the line about a gap is a log line with the number of missing lines', async () => {
  let written = ''
  const held: (() => void)[] = []
  let isStopped = true
  const write = (bytes: Buffer, done: Written) => {
    const take = () => {
      written += bytes.toString()
      done(null, bytes.length)
    }
    if (isStopped) held.push(take)
    else setImmediate(take)
  }
  const { log, flush, dropped } = createLogging({ level: 'info', service: 'parlor' }, { write })
  const text = 'x'.repeat(10_000)
  for (let i = 0; i < queuedLineBytes / 10_000 + 10; i++) log.info(text)
  const lost = dropped()
  assert.ok(lost > 0)
  isStopped = false
  for (const take of held) take()
  assert.equal(await flush(5_000), true)
  const last: unknown = JSON.parse(written.trimEnd().split('\n').at(-1) ?? '')
  assert.partialDeepStrictEqual(last, { level: 'error', service: 'parlor', dropped: lost })
})
