import assert from 'node:assert/strict'
import { chmodSync, readdirSync, rmSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { ok, rest, signInGuest } from '../harness/rest.ts'
import { refusedStart, startServer, temporaryFolder } from '../harness/server.ts'
import { smallDisk, canMount } from '../harness/faults/small-disk.ts'

const noModes = process.platform === 'win32' ? 'Windows has other rights' : false
const modesIn = (folder: string) =>
  readdirSync(folder)
    .toSorted()
    .map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)])

suite('the data folder', { timeout: 60_000, concurrency: 2 }, () => {
  test('[FILE1] all files are closed to other users, also those that were open before', { skip: noModes }, async () => {
    await using folder = await temporaryFolder()
    const dataDir = join(folder.path, 'data')
    await using server = await startServer({
      dataDir: folder.path,
      env: { DATA_DIR: dataDir, PARLOR_ENV: 'development' },
      under: ['sh', '-c', 'umask 022; exec "$@"', 'sh'],
    })
    const { token } = await signInGuest(server.url, 'Ann')
    await ok(server.url, 'POST', '/api/message', { token, body: { content: 'x' } })
    const closed = ['parlor.db', 'parlor.db-shm', 'parlor.db-wal', 'parlor.lock', 'secret.key']
    const expected = [['files', '700'], ...closed.map((name) => [name, '600'])]
    assert.deepEqual(modesIn(dataDir), expected)
    assert.equal(statSync(dataDir).mode & 0o777, 0o700)

    await server.stop()
    for (const name of readdirSync(dataDir)) chmodSync(join(dataDir, name), name === 'files' ? 0o755 : 0o644)
    chmodSync(dataDir, 0o755)
    await server.start()
    assert.deepEqual(modesIn(dataDir), expected)
    assert.equal(statSync(dataDir).mode & 0o777, 0o700)
  })

  test('[FILE3] a removed lock file does not let a second server start', { skip: noModes }, async () => {
    await using server = await startServer()
    const again = () => refusedStart({ dataDir: server.dataDir })
    rmSync(join(server.dataDir, 'parlor.lock'))
    const refused = await again()
    assert.ok(refused.status)
    assert.match(refused.said, /in use by another Parlor process \(its lock file was removed/)
    assert.doesNotMatch(refused.said, /\n\s+at /)
    assert.ok((await again()).status, 'the lock file that the first attempt made is no way in')
    assert.equal((await rest(server.url, 'GET', '/api/health')).status, 200)
    const { token } = await signInGuest(server.url, 'Ann')
    await server.kill()
    await server.start()
    assert.equal((await rest(server.url, 'GET', '/api/rooms/my', { token })).status, 200, 'nothing was lost by it')
  })

  test('[FILE3] a reader of the database does not stop a start', async () => {
    await using server = await startServer()
    await server.kill()
    const reader = new DatabaseSync(join(server.dataDir, 'parlor.db'), { readOnly: true })
    try {
      reader.exec('BEGIN')
      reader.prepare('SELECT count(*) FROM rooms').get()
      await server.start()
      assert.equal((await rest(server.url, 'GET', '/api/health')).status, 200)
    } finally {
      reader.close()
    }
  })

  test('[FILE2] a start refused by a full disk leaves no files', { skip: canMount }, async () => {
    await using folder = await temporaryFolder()
    const disk = join(folder.path, 'disk')
    await mkdir(disk)
    using mounted = smallDisk(disk, '4k')
    mounted.fill()
    const { status, said } = await refusedStart({ dataDir: folder.path, env: { DATA_DIR: join(disk, 'filled') } })
    assert.ok(status)
    assert.match(said, /cannot be written/)
    assert.deepEqual(readdirSync(join(disk, 'filled')), ['fill'])
  })
})
