import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { keepPrivate } from './private-files.ts'

function folder(t: TestContext, names: readonly string[], mode: number): string {
  const path = mkdtempSync(join(tmpdir(), 'parlor-files-'))
  t.after(() => rmSync(path, { recursive: true }))
  for (const name of names) {
    writeFileSync(join(path, name), '')
    chmodSync(join(path, name), 0o644)
  }
  chmodSync(path, mode)
  return path
}
const modeOf = (path: string) => statSync(path).mode & 0o777

suite('files of the data folder', { skip: process.platform === 'win32' ? 'Windows has other rights' : false }, () => {
  test('[FILE1] restricts the folder and its files when the folder holds nothing else', (t) => {
    const names = ['parlor.db', 'parlor.db-wal', 'parlor.db-shm', 'parlor.lock', 'secret.key']
    const path = folder(t, names, 0o755)
    keepPrivate(path, assert.fail)
    for (const name of names) assert.equal(modeOf(join(path, name)), 0o600, name)
    assert.equal(modeOf(path), 0o700)
  })

  test('[FILE1] in a folder that others use, restricts the files and warns about the folder', (t) => {
    const path = folder(t, ['parlor.db', 'photo.jpg'], 0o755)
    const warnings: string[] = []
    keepPrivate(path, (text) => void warnings.push(text))
    assert.deepEqual(
      ['', 'parlor.db', 'photo.jpg'].map((name) => modeOf(join(path, name))),
      [0o755, 0o600, 0o644],
    )
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', /open to other users .*\(mode 755\) and holds other things/)
  })

  test('[FILE1] warns of files of another user', {
    skip: process.getuid?.() === 0 ? false : 'needs root',
  }, async (t) => {
    const { chownSync } = await import('node:fs')
    const path = folder(t, ['secret.key'], 0o750)
    for (const owned of [join(path, 'secret.key'), path]) chownSync(owned, 65534, 65534)
    const warnings: string[] = []
    keepPrivate(path, (text) => void warnings.push(text))
    assert.deepEqual([modeOf(path), modeOf(join(path, 'secret.key'))], [0o750, 0o644])
    assert.deepEqual(
      warnings.map((text) => /secret\.key is open|folder .* belongs to another user/.test(text)),
      [true, true],
    )
  })
})

test('[FILE2] removes old temporary files of killed starts', (t) => {
  const path = folder(t, ['.writable-41', '.writable-42', 'secret.key.43', 'secret.key'], 0o700)
  mkdirSync(join(path, 'uploads'))
  const old = new Date(Date.now() - 3_600_000)
  for (const name of ['.writable-41', 'secret.key.43', 'secret.key']) utimesSync(join(path, name), old, old)
  keepPrivate(path, () => undefined)
  assert.deepEqual(readdirSync(path).toSorted(), ['.writable-42', 'secret.key', 'uploads'])
})
