import { after, before } from 'node:test'
import type { Backend } from '../../platform/db/testing/backends.ts'
import { createWorld, type World, type WorldOptions } from './engine.ts'

/** One engine for all tests of the suite that calls this: opened before the first test, closed after the last. */
export function useWorld(backend: () => Promise<Backend>, options: WorldOptions = {}): Readonly<Omit<World, 'close'>> {
  let source: Backend
  let world: World
  before(async () => {
    source = await backend()
    world = createWorld(await source.open(), options)
  })
  after(async () => {
    await world.close()
    await source.stop()
  })
  return {
    get db() {
      return world.db
    },
    get engine() {
      return world.engine
    },
    get clock() {
      return world.clock
    },
    get batches() {
      return world.batches
    },
  }
}
