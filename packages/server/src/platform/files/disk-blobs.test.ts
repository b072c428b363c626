import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { canMount, smallDisk } from '../../../../../test/harness/faults/small-disk.ts'
import { createDiskBlobs, spaceIn } from './disk-blobs.ts'
import { blobsContract, pieces, textOf } from './testing/blobs.suite.ts'

const made: string[] = []
after(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))))

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parlor-blobs-'))
  made.push(folder)
  return folder
}

blobsContract('a folder', async () => {
  const folder = join(await newFolder(), 'files')
  return { blobs: await createDiskBlobs(folder), again: () => createDiskBlobs(folder) }
})

test('[BL6] the free space is that of the inodes where these are scarcer, and where there is a number of them', () => {
  const disk = { bsize: 4096, blocks: 1_000, bavail: 500, files: 1_000, ffree: 100 }
  assert.deepEqual(spaceIn(disk), { free: 409_600, size: 4_096_000 })
  for (const other of [{ ffree: 900 }, { files: 0, ffree: 0 }])
    assert.equal(spaceIn({ ...disk, ...other }).free, 2_048_000)
})

test('[BL1] [FILE1] only the server may read its files', {
  skip: process.platform === 'win32' ? 'Windows has other rights' : false,
}, async () => {
  const folder = join(await newFolder(), 'files')
  const blobs = await createDiskBlobs(folder)
  const id = await blobs.begin()
  await blobs.finish(id)
  const names = await readdir(folder, { recursive: true })
  assert.equal(names.length, 3)
  for (const name of ['', ...names]) {
    const { mode } = await stat(join(folder, name))
    assert.equal(mode & 0o077, 0, name)
  }
})

test('[BL6] a full disk refuses what does not fit, keeps its reserve, and reads on', { skip: canMount }, async () => {
  const folder = await newFolder()
  using _disk = smallDisk(folder, '64m')
  const blobs = await createDiskBlobs(join(folder, 'files'))
  const small = await blobs.begin()
  await blobs.append(small, 0, pieces('small'))
  await blobs.finish(small)
  async function* endless() {
    for (;;) yield Buffer.alloc(1024 * 1024)
  }
  const large = await blobs.begin()
  await assert.rejects(blobs.append(large, 0, endless()), { code: 'storage_unavailable' })
  assert.ok(((await blobs.arrived(large)) ?? 0) <= 64 * 1024 * 1024 * (7 / 8) + 8 * 1024 * 1024)
  await assert.rejects(blobs.append(await blobs.begin(), 0, pieces('x')), { code: 'storage_unavailable' })
  assert.equal(await textOf((await blobs.find(small))?.open() ?? pieces()), 'small')
  await blobs.remove(large)
  const next = await blobs.begin()
  assert.equal(await blobs.append(next, 0, pieces('fits again')), 10)
})
