import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Profile, UserRef } from '../../../core/caller.ts'
import type { Live } from '../../../room/live/live.ts'
import { lobbyId } from '../state.ts'

/** Rooms that are told in one turn of the event loop. */
const roomsAtOnce = 100

/**
 * Tells the rooms in which the user is present on this node of the new profile (rule P7): no other room is looked at, and
 * nothing is read. Nothing is stored of it in rooms, so each node tells its own.
 */
export function createProfileChanges({ live }: { live: Pick<Live, 'roomsOf' | 'tell'> }) {
  return async function profileChanged({ id }: UserRef, profile: Profile): Promise<void> {
    const { name, avatar_url, guest } = profile
    const rooms = live.roomsOf(id).filter((room) => room.id !== lobbyId)
    for (const [index, room] of rooms.entries()) {
      if (index > 0 && index % roomsAtOnce === 0) await nextTurn()
      live.tell(room.num, 'user_updated', { room_id: room.id, user: { id, name, avatar_url, guest } })
    }
  }
}
