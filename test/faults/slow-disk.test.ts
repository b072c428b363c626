import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { getFile, sentFile } from '../harness/files.ts'
import { createRoom, signInGuest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'

const missing = spawnSync('strace', ['-V']).status === 0 ? false : 'strace is not on the PATH'

/** Ms that each sync takes longer. */
const late = 100
/** A disk whose syncs are slow. */
const under = [
  ...['strace', '-f', '-qqq', '--seccomp-bpf', '-o', '/dev/null', '-e', 'trace=fdatasync,fsync'],
  ...['-e', `inject=fdatasync,fsync:delay_exit=${late * 1000}`],
]

test('[BL7] on a slow disk many uploads do not hold up messages, and all of them come whole', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  await using server = await startServer({ under, env: { RATE_LIMIT_FACTOR: '0' } })
  const { url } = server
  const [ann, bob] = [await signInGuest(url, 'Ann'), await signInGuest(url, 'Bob')]
  const { id: room_id } = await createRoom(url, ann)
  using client = await connect(url, { token: ann.token })
  await client.ask('join_room', { room_id })
  const send = async () => {
    const began = performance.now()
    await client.ask('send_message', { room_id, content: 'x' })
    return performance.now() - began
  }
  const alone = await send()
  const uploads = Array.from({ length: 80 }, (_, n) => sentFile(url, bob, `file ${n}`))
  let isOver = false
  const sent = Promise.all(uploads).finally(() => (isOver = true))
  const times: number[] = []
  while (!isOver) times.push(await send())
  const files = await sent
  // A message waits for a sync of the database that runs and for its own; with all threads taken, for those of all uploads.
  const longest = Math.max(...times)
  assert.ok(longest < alone + 6 * late, `the longest of ${times.length} messages took ${longest} ms, alone ${alone} ms`)
  for (const [n, { url: path }] of files.entries()) assert.equal(await (await getFile(url, path)).text(), `file ${n}`)
})
