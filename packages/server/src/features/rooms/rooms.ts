import { type Action, type CallContext, implement } from '../../core/action.ts'
import { type Caller, requireUser, type UserCaller } from '../../core/caller.ts'
import type { Timers } from '../../core/clock.ts'
import type { Input } from '../../core/contract.ts'
import { AppError, type ErrorCode } from '../../core/error.ts'
import { newId } from '../../core/id.ts'
import { Json } from '../../core/json.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Encoder } from '../../room/encode.ts'
import type { Live } from '../../room/live.ts'
import type { Op, RoomEngine, RoomRow } from '../../room/types.ts'
import type { Identity } from '../identity/identity.ts'
import { createCatalog } from './catalog.ts'
import { roomActions } from './contract.ts'
import { connectionOf, createMembership } from './membership.ts'
import { asksForPrivacy, hostRole, type KnownRoom, kindOf, lobbyId, lobbyProfile, newProfile } from './state.ts'
import { createRoomsStore, type ListPage } from './store.ts'
import { createViews } from './views.ts'

export { isModerator, isOpenTo, type KnownRoom, lobbyId } from './state.ts'
export { roomProjector } from './store.ts'
export { roomProfileMigrations } from './tables.ts'

export type RoomsDeps = {
  db: Database
  engine: RoomEngine
  live: Live
  encoder: Pick<Encoder, 'recordAudience'>
  identity: Pick<Identity, 'people' | 'stored'>
  timers: Timers
  /** Someone has become a member; called after the commit. */
  onMember: (user: number, room: RoomRow) => void
}

export type Rooms = {
  actions: readonly Action[]
  /** The lobby, made at the first start (rule RM6). */
  openLobby(): Promise<RoomRow>
  /** What is fixed about a room; at once when it was asked for before. */
  find(room_id: string): KnownRoom | null | Promise<KnownRoom | null>
  /** The room as it is now, if the caller may read it; rejects with `not_found`. */
  readable(caller: Caller, room_id: string): Promise<RoomRow>
}

const defaultLimit = 50
const pageLimit = 200

export function createRooms(deps: RoomsDeps): Rooms {
  const { engine, live, identity, onMember } = deps
  const store = createRoomsStore(deps.db)
  const catalog = createCatalog(store.byId)
  const views = createViews({ ...deps, people: identity.people })
  const membership = createMembership({ ...deps, views })

  async function known(room_id: string): Promise<KnownRoom> {
    const room = await catalog.find(room_id)
    if (!room) throw new AppError('not_found')
    return room
  }

  /** Every room is open to every reader (rule RM7). */
  async function readable(_caller: Caller, room_id: string): Promise<RoomRow> {
    const row = await engine.find(room_id)
    if (!row) throw new AppError('not_found')
    return row
  }

  /** A rule: the room is there. */
  const exists = async (_caller: Caller, { room_id }: { room_id: string }): Promise<true | ErrorCode> =>
    (await catalog.find(room_id)) ? true : 'not_found'

  /** A rule: this connection is attached to the room (rule J6). */
  async function attached(_caller: Caller, { room_id }: { room_id: string }, context: CallContext) {
    const room = await catalog.find(room_id)
    if (!room) return 'not_found'
    return live.isAttached(connectionOf(context), room.num) ? true : 'not_a_member'
  }

  async function create(input: Input<(typeof roomActions)['rooms.create']>, { user }: UserCaller): Promise<string> {
    const kind = kindOf(input)
    const row = await commitNew(newId(), user.num, [
      { op: 'create', kind, profile: newProfile(kind, input, user.id) },
      { op: 'admit', user: user.num, role: hostRole, capacity: null },
    ])
    onMember(user.num, row)
    return views.room(await known(row.id), row)
  }

  async function commitNew(room_id: string, actor: number, ops: Op[]): Promise<RoomRow> {
    const call = { room_id, actor, action: 'rooms.create', client_id: null, members_only: false, ops }
    return (await engine.commit(call)).room
  }

  return {
    find: catalog.find,
    readable,
    async openLobby() {
      const there = await engine.find(lobbyId)
      return there ?? commitNew(lobbyId, 0, [{ op: 'create', kind: 'lobby', profile: lobbyProfile }])
    },
    actions: implement(roomActions, {
      'rooms.create': {
        allow: (_caller, input) => (asksForPrivacy(input) ? 'not_available' : true),
        run: async (input, caller, context) => new Json(await create(input, await identity.stored(caller, context))),
      },
      'rooms.list': {
        allow: () => true,
        run: async (page) => views.list(await store.publicRooms(listPage(page))),
      },
      'rooms.mine': {
        allow: isUser,
        run: async (page, caller) => views.list(await store.roomsOf(requireUser(caller).user.num, listPage(page))),
      },
      'rooms.get': {
        allow: exists,
        run: async ({ room_id }, caller) =>
          new Json(await views.room(await known(room_id), await readable(caller, room_id))),
      },
      'rooms.members': {
        allow: exists,
        run: async ({ room_id, cursor, limit }) =>
          views.members((await known(room_id)).num, cursor ?? null, pageSize(limit)),
      },
      'rooms.state': {
        allow: exists,
        async run({ room_id, cursor }, caller) {
          const { num } = await known(room_id)
          return views.state(num, cursor, caller.kind === 'user' ? await engine.member(num, caller.user.num) : null)
        },
      },
      'rooms.join': {
        allow: exists,
        async run({ room_id }, caller, context) {
          const room = await known(room_id)
          const { row, me, role } = await membership.join(room, caller, context)
          const json = await views.room(room, row)
          return new Json(`${json.slice(0, -1)},"me":${JSON.stringify({ role, user_id: me.user.id })}}`)
        },
      },
      'rooms.leave': {
        allow: exists,
        async run({ room_id }, caller) {
          await membership.leave(await known(room_id), requireUser(caller))
          return { room_id }
        },
      },
      'rooms.attach': {
        allow: exists,
        async run({ room_id, after_seq, epoch }, caller, context) {
          const cursor = { after_seq: after_seq ?? null, epoch: epoch ?? null }
          return new Json(await membership.attach(await known(room_id), caller, cursor, context))
        },
      },
      'rooms.detach': {
        allow: exists,
        async run({ room_id }, _caller, context) {
          live.detach(connectionOf(context), (await known(room_id)).num, 'left')
          return { room_id }
        },
      },
      'rooms.typing': {
        allow: attached,
        async run({ room_id, typing }, _caller, context) {
          live.setTyping(connectionOf(context), (await known(room_id)).num, typing)
          return { room_id }
        },
      },
      'rooms.presence': {
        allow: attached,
        async run({ room_id, state }, _caller, context) {
          live.setState(connectionOf(context), (await known(room_id)).num, state)
          return { room_id }
        },
      },
      'rooms.signal': {
        allow: attached,
        async run({ room_id, to, name, data }, _caller, context) {
          const { num } = await known(room_id)
          if (!live.signal(connectionOf(context), num, to ?? null, name, data)) throw new AppError('unreachable')
          return { delivered: true as const }
        },
      },
    }),
  }
}

const isUser = (caller: Caller): true | ErrorCode => (caller.kind === 'user' ? true : 'not_authenticated')

const pageSize = (limit: number | null | undefined): number => Math.min(limit ?? defaultLimit, pageLimit)

type Page = { cursor?: string | null | undefined; limit?: number | null | undefined }

function listPage({ cursor, limit }: Page): ListPage {
  if (cursor == null) return { before: null, limit: pageSize(limit) }
  if (/^\d{1,15}$/.test(cursor)) return { before: Number(cursor), limit: pageSize(limit) }
  throw new AppError('validation_error', { details: { errors: { cursor: 'This is not a cursor of this list' } } })
}
