import type { CallContext } from '../../../core/action.ts'
import type { UserCaller } from '../../../core/caller.ts'
import { newId } from '../../../core/id.ts'
import type { Op, RoomEngine, RoomRow } from '../../../room/types.ts'
import type { Catalog } from './catalog.ts'
import type { RoomPasswords } from '../entry/passwords.ts'
import { createGuestRooms, type GuestRoomsDeps } from '../people/guest-rooms.ts'
import type { RoomOptions } from '../options.ts'
import { hostRole, kindOf, lobbyId, lobbyProfile, type NewRoom, newProfile, passwordOf } from '../state.ts'
import type { Views } from '../views.ts'

export type CreationDeps = GuestRoomsDeps & {
  engine: Pick<RoomEngine, 'commit' | 'find'>
  options: RoomOptions
  passwords: Pick<RoomPasswords, 'hash'>
  catalog: Pick<Catalog, 'known'>
  views: Pick<Views, 'room'>
  onMember: (user: number, room: RoomRow) => void
}

/** Makes rooms: those that users ask for (rules RM2, RM12), and the lobby (rule RM6). */
export function createCreation(deps: CreationDeps): {
  /** The new room as its creator sees it, as JSON text. */
  create(input: NewRoom, caller: UserCaller, context: CallContext): Promise<string>
  /** The lobby, made at the first start. */
  openLobby(): Promise<RoomRow>
} {
  const { engine, options, passwords, catalog, views, onMember } = deps
  const reserveRoom = createGuestRooms(deps)

  async function create(input: NewRoom, caller: UserCaller, { claim }: CallContext): Promise<string> {
    using _reservation = await reserveRoom(caller)
    const { user } = caller
    const kind = kindOf(input)
    const text = passwordOf(input)
    const profile = newProfile(kind, input, user, text === null ? null : await passwords.hash(caller, text), options)
    const id = newId()
    const row = await commitNew(id, user.num, [
      { op: 'create', kind, profile: profile.stored },
      { op: 'admit', user: user.num, role: hostRole, capacity: null },
      ...(claim ? [{ op: 'claim', claim, resource: id } as const] : []),
    ])
    onMember(user.num, row)
    return views.room(await catalog.known(row.id), row)
  }

  async function commitNew(room_id: string, actor: number, ops: Op[]): Promise<RoomRow> {
    const call = { room_id, actor, action: 'rooms.create', client_id: null, members_only: false, ops }
    return (await engine.commit(call)).room
  }

  async function openLobby(): Promise<RoomRow> {
    const there = await engine.find(lobbyId)
    if (there) return there
    try {
      return await commitNew(lobbyId, 0, [{ op: 'create', kind: 'lobby', profile: lobbyProfile(options) }])
    } catch (error) {
      // Another node that starts on the same database may have been faster.
      const theirs = await engine.find(lobbyId)
      if (theirs) return theirs
      throw error
    }
  }

  return { create, openLobby }
}
