import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { databaseSuite } from '../testing/database.suite.ts'
import { lockFolder } from './folder-lock.ts'
import { createGroupSync } from './group-sync.ts'
import { openDatabase } from '../open-database.ts'
import { createCheckpoints, defaultCheckpoints } from './checkpoint.ts'

const folder = mkdtempSync(join(tmpdir(), 'parlor-sqlite-'))
const onFailure = (error: Error) => {
  throw error
}
const open = (name: string) =>
  openDatabase({ target: { kind: 'sqlite', file: join(folder, name, 'x.db') }, migrations: [], onFailure })

databaseSuite('SQLite', open)
after(() => rmSync(folder, { recursive: true }))

test('[C8] a write during close is not reported as a failed disk', async () => {
  const failures: Error[] = []
  const target = { kind: 'sqlite', file: join(folder, 'closing', 'x.db') } as const
  mkdirSync(join(folder, 'closing'))
  const db = await openDatabase({ target, migrations: [], onFailure: (error) => failures.push(error) })
  await db.write([{ sql: 'CREATE TABLE words (word TEXT) STRICT', parameters: [] }])
  const closing = db.close()
  const late = db.write([{ sql: `INSERT INTO words VALUES ('late')`, parameters: [] }]).catch(() => undefined)
  await Promise.all([closing, late])
  assert.deepEqual(failures, [])
})

suite('the data folder', () => {
  test('refuses a second process with a sentence; a killed process leaves no lock', async () => {
    const db = await open('locked')
    await assert.rejects(open('locked'), /data folder .*locked is in use by another Parlor process/)
    await db.close()
    const lock = JSON.stringify(new URL('./folder-lock.ts', import.meta.url).href)
    const path = join(folder, 'locked')
    const program = `const { lockFolder } = await import(${lock}); lockFolder(${JSON.stringify(path)}); console.log('locked'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    assert.throws(() => lockFolder(path), /in use/)
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockFolder(path).release()
  })
})

suite('the lock file', () => {
  test('[FILE3] is created again when it is incomplete or overwritten', () => {
    const path = join(folder, 'torn')
    mkdirSync(path)
    writeFileSync(join(path, 'parlor.lock'), 'this is no database, and longer than a header of one is: '.repeat(10))
    lockFolder(path).release()
    const lock = lockFolder(path)
    assert.throws(() => lockFolder(path), /in use/)
    lock.release()
  })
})

suite('the checkpoint thread', () => {
  test('[C8] after it died, jobs and writes are refused, and close returns', async () => {
    const failures: Error[] = []
    const limits = { ...defaultCheckpoints, lookEveryMs: 0 }
    const checkpoints = createCheckpoints({
      file: join(folder, 'nowhere', 'x.db'),
      limits,
      walBytes: () => 0,
      onFailure: (error) => failures.push(error),
    })
    checkpoints.grew()
    await assert.rejects(checkpoints.vacuum(), /checkpoint thread/)
    await assert.rejects(checkpoints.vacuum(), /checkpoint thread/)
    assert.equal(failures.length, 1, 'the look that found it')
    assert.equal(checkpoints.gate(), null)
    checkpoints.grew()
    await checkpoints.close()
    assert.equal(failures.length, 1)
  })
})

suite('group sync', () => {
  test('[C1] resolves at once when everything is synced, else in the order of the calls', async () => {
    const fd = openSync(join(folder, 'synced'), 'w')
    const sync = createGroupSync({ fd, onFailure })
    const order: string[] = []
    const wait = (name: string) => sync.durable().then(() => order.push(name))
    const write = () => {
      writeSync(fd, 'x')
      sync.wrote()
    }
    write()
    const first = [wait('a'), wait('b')]
    write()
    const second = wait('c')
    await first[0]
    assert.ok(!order.includes('c'), 'c was written after the sync began that a waited for')
    await Promise.all([...first, second])
    assert.deepEqual(order, ['a', 'b', 'c'])
    // With nothing to sync no thread runs, so a closed file does not matter.
    closeSync(fd)
    await sync.durable()
  })

  test('[C8] a failed sync is final, even if the next one would succeed', async () => {
    const file = join(folder, 'fails')
    const fd = openSync(file, 'w')
    const failures: Error[] = []
    const sync = createGroupSync({ fd, onFailure: (error) => failures.push(error) })
    closeSync(fd)
    sync.wrote()
    const refused = { code: 'storage_unavailable' }
    await Promise.all([assert.rejects(sync.durable(), refused), assert.rejects(sync.durable(), refused)])
    // Most likely gets the same descriptor, so that a second sync would succeed.
    const again = openSync(file, 'w')
    await assert.rejects(sync.durable(), refused)
    assert.equal(failures.length, 1)
    assert.equal(sync.failed(), true)
    closeSync(again)
  })
})
