import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { getFile, sentFile } from '../harness/files.ts'
import { createRoom, signInGuest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'

const missing = spawnSync('strace', ['-V']).status === 0 ? false : 'strace is not on the PATH'

/** Ms that each sync takes longer. */
const late = 80
/** A disk whose syncs are slow. */
const under = [
  ...['strace', '-f', '-qqq', '--seccomp-bpf', '-o', '/dev/null', '-e', 'trace=fdatasync,fsync'],
  ...['-e', `inject=fdatasync,fsync:delay_exit=${late * 1000}`],
]

test('[BL7] on a slow disk many uploads hold up neither messages nor downloads, and all of them come whole', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  await using server = await startServer({ under, env: { RATE_LIMIT_FACTOR: '0' } })
  const { url } = server
  const [ann, bob] = [await signInGuest(url, 'Ann'), await signInGuest(url, 'Bob')]
  const { id: room_id } = await createRoom(url, ann)
  using client = await connect(url, { token: ann.token })
  await client.ask('join_room', { room_id })
  const stored = await sentFile(url, bob, 'x'.repeat(300_000))
  const timed = async (work: () => Promise<unknown>) => {
    const began = performance.now()
    await work()
    return performance.now() - began
  }
  const send = () => client.ask('send_message', { room_id, content: 'x' })
  const read = async () => assert.equal((await (await getFile(url, stored.url)).bytes()).length, stored.size)
  const alone = await timed(send)
  const uploads = Array.from({ length: 48 }, (_, n) => sentFile(url, bob, `file ${n}`))
  let isOver = false
  const sent = Promise.all(uploads).finally(() => (isOver = true))
  const times = { messages: [0], downloads: [0] }
  const during = async (list: number[], work: () => Promise<unknown>) => {
    while (!isOver) list.push(await timed(work))
  }
  await Promise.all([during(times.messages, send), during(times.downloads, read)])
  const files = await sent
  // A message waits for a sync of the database that runs and for its own, not for those of all uploads.
  for (const [what, list] of Object.entries(times)) {
    const p90 = list.toSorted((one, other) => one - other)[Math.floor(list.length * 0.9)] ?? Number.POSITIVE_INFINITY
    assert.ok(p90 < alone + 3 * late, `a tenth of ${list.length} ${what} took over ${p90} ms, one alone ${alone} ms`)
  }
  for (const [n, { url: path }] of files.entries()) assert.equal(await (await getFile(url, path)).text(), `file ${n}`)
})
