import { type Action, implement, type RunContext } from '../../../core/action.ts'
import { type Caller, requireUser } from '../../../core/caller.ts'
import { Json } from '../../../core/json.ts'
import type { Op } from '../../../room/types.ts'
import type { Access } from '../entry/access.ts'
import type { Catalog } from './catalog.ts'
import { changeActions } from '../contract.ts'
import { roomUpdated } from '../contract/events.ts'
import { removeAttemptNotice } from '../people/notices.ts'
import type { RoomPasswords } from '../entry/passwords.ts'
import type { RoomOptions } from '../options.ts'
import { needs } from '../permissions/permissions.ts'
import { roomPermissions } from '../permissions/room-permissions.ts'
import type { RoomShapes } from '../contract/room-shapes.ts'
import {
  changed,
  changesPrivacy,
  isMembersOnly,
  passwordOf,
  type RoomChanges,
  type RoomProfile,
  shown,
} from '../state.ts'
import type { Views } from '../views.ts'

/** Ops that log a change of the room and store `profile` with it; cached profiles become outdated (rule RM4). */
export function revised(profile: RoomProfile, by: string | null, before = profile): Op[] {
  const turned_private = isMembersOnly(profile) && !isMembersOnly(before)
  return [
    {
      op: 'append',
      type: roomUpdated,
      body: () => ({ by, room: shown(profile), turned_private }),
      aside: profile.stored,
    },
    { op: 'revise' },
  ]
}

export type UpdatesDeps = {
  catalog: Pick<Catalog, 'at' | 'commit'>
  access: Pick<Access, 'may'>
  passwords: Pick<RoomPasswords, 'hash'>
  views: Views
  options: RoomOptions
  shapes: RoomShapes
}

/** Changing a room and closing it (rules RM10, RM11). */
export function createUpdates({ catalog, access, passwords, views, options, shapes }: UpdatesDeps): Action[] {
  async function update(changes: RoomChanges, caller: Caller, { queued }: RunContext): Promise<string> {
    const user = requireUser(caller)
    const { num: actor, id } = user.user
    const text = passwordOf(changes)
    const password = text === null ? null : await passwords.hash(user, text)
    const { room } = await catalog.commit(changes.room_id, queued, (known) => {
      const { profile } = known
      const rules = [
        needs(roomPermissions.settings, profile),
        ...(changesPrivacy(changes) ? [needs(roomPermissions.privacy, profile)] : []),
      ]
      const forgotten = changes.password === undefined ? [] : [removeAttemptNotice]
      const ops = [...rules, ...forgotten, ...revised(changed(known, changes, password, options), id, profile)]
      return { actor, action: 'rooms.update', client_id: null, members_only: true, ops }
    })
    return views.room(await catalog.at(room), room)
  }

  return implement(changeActions(shapes), {
    'rooms.update': {
      allow: (caller, changes) =>
        access.may(changesPrivacy(changes) ? roomPermissions.privacy : roomPermissions.settings)(caller, changes),
      run: async (changes, caller, context) => new Json(await update(changes, caller, context)),
    },
    'rooms.close': {
      allow: access.may(roomPermissions.close),
      async run({ room_id }, caller, { queued }) {
        const actor = requireUser(caller).user.num
        await catalog.commit(room_id, queued, ({ profile }) => {
          const ops: Op[] = [needs(roomPermissions.close, profile), { op: 'close' }]
          return { actor, action: 'rooms.close', client_id: null, members_only: true, ops }
        })
        return { room_id }
      },
    },
  })
}
