import type { UserRef } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import type { Op, RoomEngine } from '../../../room/types.ts'
import { outsiderRecords } from '../contract-events.ts'
import type { OutsidersStore } from './outsiders-store.ts'

/** Rooms that are gone through at a time. */
const pageSize = 200

export type OutsidersDeps = { engine: Pick<RoomEngine, 'commit'>; outsiders: Pick<OutsidersStore, 'roomsOf'> }

/** What rooms keep of someone who is not in them goes with their account: name and picture, too (rule P7). */
export function createForgetting({ engine, outsiders }: OutsidersDeps) {
  return async function forgetOutsider({ num, id }: UserRef): Promise<void> {
    const ops: Op[] = outsiderRecords.map((type) => ({ op: 'remove', type, key: id }))
    const call = { actor: num, action: 'rooms.leave', client_id: null, members_only: false, ops }
    let after = 0
    for (let full = true; full; ) {
      const page = await outsiders.roomsOf(id, after, pageSize)
      for (const room of page) {
        await engine.commit({ ...call, room_id: room.id }).catch((error) => {
          if (AppError.from(error).code !== 'room_closed') throw error
        })
        after = room.num
      }
      full = page.length === pageSize
    }
  }
}
