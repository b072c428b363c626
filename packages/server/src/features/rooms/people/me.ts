import { type Action, implement } from '../../../core/action.ts'
import { requireUser } from '../../../core/caller.ts'
import type { RoomEngine } from '../../../room/types.ts'
import type { Catalog } from '../profile/catalog.ts'
import { meActions } from '../contract/people.ts'
import { visitorRole } from '../state.ts'

export type MeDeps = { engine: Pick<RoomEngine, 'commit'>; catalog: Pick<Catalog, 'exists'> }

/** What members set for themselves in a room (rule P8); the commit asks whether they are members. */
export function createMe({ engine, catalog }: MeDeps): Action[] {
  return implement(meActions, {
    'rooms.updateMe': {
      allow: catalog.exists,
      async run({ room_id, languages }, caller, { queued }) {
        const { num, id } = requireUser(caller).user
        const call = { room_id, actor: num, action: 'rooms.updateMe', client_id: null, members_only: true, queued }
        const { member } = await engine.commit({
          ...call,
          ops: [{ op: 'languages', user: num, user_id: id, languages }],
        })
        return { room_id, role: member?.role ?? visitorRole, languages }
      },
    },
  })
}
