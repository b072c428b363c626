import { type Action, implement, type RunContext } from '../../../core/action.ts'
import { type Caller, requireUser } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import type { Op, RoomRow } from '../../../room/types.ts'
import type { Access } from '../entry/access.ts'
import type { Catalog } from '../profile/catalog.ts'
import { waitingRecord } from '../contract/events.ts'
import { unknownPerson, unknownTime, valueAs } from '../record-values.ts'
import { waitingActions } from '../contract/people.ts'
import { needs } from '../permissions/permissions.ts'
import { roomPermissions } from '../permissions/room-permissions.ts'
import type { KnownRoom } from '../state.ts'
import type { StandInModeration } from '../people/stand-in-moderation.ts'
import type { RoomsStore } from '../store.ts'
import type { WaitingConnections } from './connections.ts'
import { removeFromWaitingList } from './records.ts'

/** Waiting users that the list shows. */
const listLimit = 500

export type WaitingDeps = {
  catalog: Pick<Catalog, 'commit' | 'current' | 'known'>
  access: Pick<Access, 'may'>
  store: Pick<RoomsStore, 'person' | 'record' | 'records'>
  moderation: Pick<StandInModeration, 'letIn'>
  waitingConnections: Pick<WaitingConnections, 'check'>
  onMember: (user: number, room: RoomRow) => void
}

/** How moderators list, let in and refuse waiting users (rules W2, W3). */
export function createWaiting({
  catalog,
  access,
  store,
  moderation,
  waitingConnections,
  onMember,
}: WaitingDeps): Action[] {
  async function commit(
    room_id: string,
    caller: Caller,
    { action, queued }: { action: string; queued: RunContext['queued'] },
    opsFor: (room: KnownRoom) => Op[] | Promise<Op[]>,
  ) {
    const actor = requireUser(caller).user.num
    const { room } = await catalog.commit(room_id, queued, async (known) => {
      const ops = [needs(roomPermissions.admit, known.profile), ...(await opsFor(known))]
      return { actor, action, client_id: null, members_only: true, ops }
    })
    await waitingConnections.check(room.num)
    return room
  }

  async function admit(room_id: string, user_id: string, caller: Caller, { queued }: RunContext): Promise<void> {
    const asAdmit = { action: 'rooms.admit', queued }
    const { num } = await catalog.known(room_id)
    const record = await store.record(num, waitingRecord, user_id)
    const person = await store.person(num, user_id)
    if (!record || !person) throw new AppError('not_found')
    if (person.deleted) {
      await commit(room_id, caller, asAdmit, () => removeFromWaitingList(user_id))
      throw new AppError('not_found')
    }
    const { user } = valueAs(waitingRecord, record) ?? { user: unknownPerson(user_id) }
    const role = user.guest ? 'guest' : 'member'
    const by = requireUser(caller).user
    const room = await commit(room_id, caller, asAdmit, async (known) => {
      const { settings, host, host_rights } = known.profile
      const isStandIn = host === by.num && host_rights === 'order'
      return [
        ...removeFromWaitingList(user_id),
        { op: 'admit', user: person.num, role, capacity: settings.capacity ?? null },
        ...(isStandIn ? await moderation.letIn(known, user, by.id) : []),
      ]
    })
    onMember(person.num, room)
  }

  return implement(waitingActions, {
    'rooms.waiting': {
      allow: access.may(roomPermissions.admit),
      async run({ room_id }) {
        const { row } = await catalog.current(room_id)
        // A closed room keeps its records, but has no waiting users.
        const items = row.closed_at === null ? await store.records(row.num, waitingRecord, listLimit) : []
        return {
          items: items.map(
            ({ key, value }) => valueAs(waitingRecord, value) ?? { user: unknownPerson(key), since: unknownTime },
          ),
          next_cursor: null,
        }
      },
    },
    'rooms.admit': {
      allow: access.may(roomPermissions.admit),
      async run({ room_id, user_id }, caller, context) {
        await admit(room_id, user_id, caller, context)
        return { room_id, user_id }
      },
    },
    'rooms.deny': {
      allow: access.may(roomPermissions.admit),
      async run({ room_id, user_id }, caller, { queued }) {
        await commit(room_id, caller, { action: 'rooms.deny', queued }, () => removeFromWaitingList(user_id))
        return { room_id, user_id }
      },
    },
  })
}
