import { after, before } from 'node:test'
import { turn } from '../../core/testing/manual-turn.ts'
import type { Op, RoomRow } from '../types.ts'
import { type Backend, call, createRoom, createWorld, say, type World } from './engine.ts'

const MONTH = 31 * 86_400_000

/** An engine with small limits and the room that the tests of a suite are in, one test after another: called inside the suite. */
export function inOneRoom(backend: () => Promise<Backend>) {
  let source: Backend
  let world: World
  let room: RoomRow

  before(async () => {
    source = await backend()
    const limits = { changes: 20, changesBytes: 5000, snapshotBytes: 1000, tombstones: 3 }
    world = createWorld(await source.open(), { limits })
  })
  after(async () => {
    await world.close()
    await source.stop()
  })

  const commit = (...ops: Op[]) => world.engine.commit(call(room.id, ops))
  return {
    get world() {
      return world
    },
    get room() {
      return room
    },
    async enterNew(): Promise<void> {
      room = await createRoom(world.engine)
    },
    commit,
    catchUp: (after_seq: number | null, epoch: string | null = room.epoch) =>
      world.engine.catchUp(turn, room.num, 1, { after_seq, epoch }),
    async sayAll(from: number, to: number): Promise<void> {
      for (let at = from; at <= to; at++) await commit(say(`w${at}`))
    },
    logOf: async (after: number) => (await world.engine.readLog(room.num, after, 1000)).entries,
    /** So that a test counts what it made itself. */
    async pruneAll(): Promise<void> {
      world.clock.advance(MONTH)
      await world.engine.prune()
    },
  }
}
