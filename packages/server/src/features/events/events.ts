import { type Action, idempotencyKeyOf, implement } from '../../core/action.ts'
import type { Caller } from '../../core/caller.ts'
import { AppError, type Failure } from '../../core/error.ts'
import { newId } from '../../core/id.ts'
import { contentHash } from '../../core/text/content-hash.ts'
import type { Live } from '../../room/live/live.ts'
import { lobbyId, type Rooms } from '../rooms/rooms.ts'
import { eventActions, eventPublished, publishedIn } from './contract.ts'

export type EventsDeps = {
  live: Pick<Live, 'streams'>
  rooms: Pick<Rooms, 'commit' | 'find'>
  /** Whether the caller may speak for the server. */
  mayBroadcast: (caller: Caller) => true | Failure
  /** Names that are not free (rule PE2). */
  taken: ReadonlySet<string>
}

const action = 'events.publish'

export function createEvents({ live, rooms, mayBroadcast, taken }: EventsDeps): readonly Action[] {
  function assertFree(event_type: string): void {
    if (!taken.has(event_type)) return
    const errors = { event_type: 'This is the name of an event of the server' }
    throw new AppError('validation_error', { details: { errors } })
  }

  return implement(eventActions, {
    [action]: {
      async allow(caller, { event_type, room_id }) {
        const verdict = mayBroadcast(caller)
        if (verdict !== true) return verdict
        assertFree(event_type)
        return (await rooms.find(room_id ?? lobbyId)) ? true : 'not_found'
      },
      async run({ room_id, client_id, ...published }, caller, context) {
        const { events, replayed, room } = await rooms.commit(room_id ?? lobbyId, context.queued, () => ({
          actor: caller.kind === 'user' ? caller.user.num : 0,
          action,
          client_id: client_id ?? idempotencyKeyOf(context),
          content_hash: contentHash(published),
          members_only: false,
          ops: [{ op: 'append', type: eventPublished, body: () => ({ id: newId(), ...published }) }],
        }))
        const body = events[0]?.body ?? ''
        // Pruned since the first call (rule PE6).
        if (body === '') throw new AppError('not_found')
        if (replayed) context.replayed?.()
        else context.charge('fan_out_bytes', body.length * live.streams(room.num))
        const { id, event_type } = publishedIn(body)
        return { id, event_type }
      },
    },
  })
}
