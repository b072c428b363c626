import type { Backend } from '../../platform/db/testing/backends.ts'
import { permit } from '../../core/testing/read-permit.ts'
import type { Op, RoomRow } from '../types.ts'
import { call, createRoom, say } from './engine.ts'
import { useWorld } from './use-world.ts'

const MONTH = 31 * 86_400_000

/** One engine with small limits, and the room of the current test, which `enterNew` makes. To be called inside a suite. */
export function inOneRoom(backend: () => Promise<Backend>) {
  const limits = { changes: 20, changesBytes: 5000, snapshotBytes: 1000, tombstones: 3 }
  const world = useWorld(backend, { limits })
  let room: RoomRow

  const commit = (...ops: Op[]) => world.engine.commit(call(room.id, ops))
  return {
    world,
    get room() {
      return room
    },
    async enterNew(): Promise<void> {
      room = await createRoom(world.engine)
    },
    commit,
    catchUp: (after_seq: number | null, epoch: string | null = room.epoch) =>
      world.engine.catchUp(permit, room.num, 1, { after_seq, epoch }),
    async sayAll(from: number, to: number): Promise<void> {
      for (let at = from; at <= to; at++) await commit(say(`w${at}`))
    },
    logOf: async (after: number) => (await world.engine.readLog(room.num, after, 1000)).entries,
    /** Prunes what earlier tests left, so that a test counts only its own rows. */
    async pruneAll(): Promise<void> {
      world.clock.advance(MONTH)
      await world.engine.prune()
    },
  }
}
