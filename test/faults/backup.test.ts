import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createRoom, ok, readHistory, signInGuest } from '../harness/rest.ts'
import { startServer, temporaryFolder } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { Message } from '../harness/wire.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../../scripts/backup.ts', import.meta.url))

test('[DB6] a backup of a busy server is one consistent state, opens, and starts a new epoch', async () => {
  await using folder = await temporaryFolder()
  await using server = await startServer()
  const { url, dataDir } = server
  const ann = await signInGuest(url, 'Ann')
  const { id: room_id } = await createRoom(url, ann)
  const body = (n: number) => ({ room_id, type: 'text', content: `message ${n} ${'x'.repeat(2000)}` })
  const send = (n: number) => ok<Message>(url, 'POST', '/api/message', { token: ann.token, body: body(n) })
  for (let n = 0; n < 50; n++) await send(n)

  let going = true
  const sent: number[] = []
  const sending = (async () => {
    for (let n = 50; going; n++) sent.push((await send(n)).seq)
  })()
  const backup = (file: string) =>
    run(process.execPath, [program, file], { cwd: dataDir, env: { DATA_DIR: dataDir, PARLOR_ENV: 'testing' } })
  const copy = join(folder.path, 'copy.db')
  writeFileSync(`${copy}.partial`, 'what an interrupted attempt left')
  const { stdout } = await backup(copy)
  going = false
  await sending
  assert.match(stdout, /copy\.db: \d+ bytes/)
  assert.equal(statSync(copy).mode & 0o077, 0, 'for its owner alone')
  await assert.rejects(backup(copy), { code: 1, stderr: /copy\.db already exists/ })
  assert.ok(sent.length > 5, 'messages were stored meanwhile')

  const all = await readHistory<Message>(url, room_id)
  const before = await epochOf(url, room_id, ann.token)
  mkdirSync(join(folder.path, 'data'))
  copyFileSync(copy, join(folder.path, 'data', 'parlor.db'))
  copyFileSync(join(dataDir, 'secret.key'), join(folder.path, 'data', 'secret.key'))
  await using restored = await startServer({ dataDir: join(folder.path, 'data') })
  const kept = await readHistory<Message>(restored.url, room_id)
  assert.ok(kept.length >= 50 && kept.length < all.length, `${kept.length} of ${all.length}`)
  assert.deepEqual(kept, all.slice(0, kept.length))
  const after = await epochOf(restored.url, room_id, ann.token)
  assert.notEqual(after, before)
  // The token is still valid, and the room works.
  await ok(restored.url, 'POST', '/api/message', { token: ann.token, body: body(0) })
})

async function epochOf(url: string, room_id: string, token: string): Promise<string> {
  using client = await connect(url, { token })
  const reply = await client.request<{ epoch: string }>('join_room', { room_id })
  assert.ok(reply.ok)
  return reply.data.epoch
}
