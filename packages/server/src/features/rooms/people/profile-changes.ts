import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Profile, UserRef } from '../../../core/caller.ts'
import type { Live } from '../../../room/live/live.ts'
import { lobbyId } from '../state.ts'

/** Rooms notified in one turn of the event loop. */
const roomsAtOnce = 100

/**
 * Sends the new profile to the rooms in which the user is present on this node (rule P7), without a database read. Rooms
 * store no profiles, so each node notifies its own rooms.
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
