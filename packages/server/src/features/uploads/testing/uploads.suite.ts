import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe } from 'node:test'
import { type Backend, createWorld, openFiles } from '../../testing/world.ts'
import { testAttached } from './attached.suite.ts'
import { testPrivate } from './private.suite.ts'
import { testReceiving } from './receiving.suite.ts'
import { testRemoval } from './removal.suite.ts'
import { deletes } from './worlds.ts'

export function uploadsSuite(name: string, backend: Backend): void {
  describe(`uploads on ${name}`, { timeout: 120_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'parlor-uploads-'))
    const files = openFiles(folder)
    after(async () => {
      ;(await files).media.close()
      rmSync(folder, { recursive: true })
      await backend.stop()
    })
    const openWorld = async () => createWorld(await backend.open(), { files: await files, more: [deletes] })
    const worlds = { backend, folder, files, openWorld }
    testAttached(worlds)
    testPrivate(worlds)
    testRemoval(worlds)
    testReceiving(worlds)
  })
}
