import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { canMount, smallDisk } from '../../../../../test/harness/faults/small-disk.ts'
import { createWorld, onSqlite, openFiles, signIn } from '../testing/world.ts'
import { openDoor } from './testing/door.ts'
import { uploadsSuite } from './testing/uploads.suite.ts'

uploadsSuite('SQLite', onSqlite())

test('[UP15] on a full disk an upload is refused, keeps nothing, and what is stored can be read', {
  skip: canMount,
}, async (t) => {
  const backend = onSqlite()
  const folder = mkdtempSync(join(tmpdir(), 'parlor-full-'))
  after(async () => {
    await backend.stop()
    rmSync(folder, { recursive: true })
  })
  using _disk = smallDisk(folder, '16m')
  const files = await openFiles(folder)
  await using world = await createWorld(await backend.open(), { files })
  const door = await openDoor(t, world)
  const ann = await signIn(world, 'Ann')
  const small = await door.sends(ann, 'small')
  const form = () => {
    const body = new FormData()
    body.append('file', new Blob([Buffer.alloc(24 * 1024 * 1024)]), 'large')
    return { by: ann, body }
  }
  assert.equal(await door.outcome('POST', '/api/files', form()), '503 storage_unavailable')
  assert.equal((await door.ask('GET', `/api/files/${small.id}`, { by: ann })).text, 'small')
  const stored = await world.db.all({ sql: 'SELECT id FROM files', parameters: [] })
  assert.deepEqual(
    stored.map(({ id }) => id),
    [small.id],
  )
  await door.sends(ann, 'fits again')
  files.media.close()
})
