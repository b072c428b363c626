import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createRoom, signInGuest } from '../harness/rest.ts'
import { startServer, temporaryFolder } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import { durabilityViolations, parseTrace } from '../harness/faults/syscalls.ts'
import type { Joined } from '../harness/wire.ts'

const missing = spawnSync('strace', ['-V']).status === 0 ? false : 'strace is not on the PATH'
const traced = 'fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg'

/** Replaces the sync with one that does nothing and reports success. */
const withoutSync = `data:text/javascript,${encodeURIComponent(`
  import fs from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  fs.fdatasync = (fd, done) => setImmediate(done, null)
  fs.fsync = (fd, done) => setImmediate(done, null)
  syncBuiltinESMExports()
`)}`

test('under strace every ack follows a completed fdatasync that began after its row was written', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  const { violations, syncs } = await trace([])
  assert.deepEqual(violations, [])
  assert.ok(syncs > 0)
})

test('without the sync, the same check fails for every ack', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  const { violations, marks } = await trace(['--import', withoutSync])
  assert.equal(violations.length, marks)
})

/** Sends marked messages, several in flight so that batches form, and reads from the trace when each was acknowledged. */
async function trace(nodeArguments: string[]) {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'trace')
  const strace = ['strace', '-f', '-ttt', '-T', '-y', '-s', '100000', '-e', `trace=${traced}`, '-o', file]
  const marks: string[] = []
  {
    await using server = await startServer({ dataDir: join(folder.path, 'data'), under: strace, nodeArguments })
    const ann = await signInGuest(server.url, 'Ann')
    const { id: room_id } = await createRoom(server.url, ann)
    using client = await connect(server.url, { token: ann.token })
    await client.ask<Joined>('join_room', { room_id })
    for (let round = 0; round < 15; round++) {
      const sent = Array.from({ length: 4 }, (_, n) => `mark-${round}-${n}-${crypto.randomUUID()}`)
      await Promise.all(sent.map((content) => client.ask('send_message', { room_id, content })))
      marks.push(...sent)
    }
    await server.stop()
  }
  const calls = parseTrace(await readFile(file, 'latin1'))
  const syncs = calls.filter(({ name }) => name === 'fdatasync').length
  return { violations: durabilityViolations(calls, marks), syncs, marks: marks.length }
}
