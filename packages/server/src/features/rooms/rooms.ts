import { type Action, implement } from '../../core/action.ts'
import { type Caller, requireUser, type UserCaller } from '../../core/caller.ts'
import type { Timers } from '../../core/clock.ts'
import { AppError, type ErrorCode } from '../../core/error.ts'
import { newId } from '../../core/id.ts'
import { Json } from '../../core/json.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Encoder } from '../../room/encode.ts'
import type { Live } from '../../room/live.ts'
import type { Op, RoomEngine, RoomRow } from '../../room/types.ts'
import type { Identity } from '../identity/identity.ts'
import { type Catalog, createCatalog } from './catalog.ts'
import { directoryActions } from './contract.ts'
import { createAttendance } from './attendance.ts'
import { asksForPrivacy, hostRole, kindOf, lobbyId, lobbyProfile, type NewRoom, newProfile } from './state.ts'
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

export type Rooms = Pick<Catalog, 'find' | 'known'> & {
  actions: readonly Action[]
  /** The lobby, made at the first start (rule RM6). */
  openLobby(): Promise<RoomRow>
  /** The room as it is now, if the caller may read it; rejects with `not_found`. */
  readable(caller: Caller, room_id: string): Promise<RoomRow>
}

const defaultLimit = 50
const pageLimit = 200

export function createRooms(deps: RoomsDeps): Rooms {
  const { engine, identity, onMember } = deps
  const store = createRoomsStore(deps.db)
  const catalog = createCatalog(store.byId)
  const { known, exists } = catalog
  const views = createViews({ ...deps, people: identity.people })
  const attendance = createAttendance({ ...deps, views, catalog })

  /** Every room is open to every reader (rule RM7). */
  async function readable(_caller: Caller, room_id: string): Promise<RoomRow> {
    const row = await engine.find(room_id)
    if (!row) throw new AppError('not_found')
    return row
  }

  async function create(input: NewRoom, { user }: UserCaller): Promise<string> {
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
    known,
    readable,
    async openLobby() {
      const there = await engine.find(lobbyId)
      if (there) return there
      try {
        return await commitNew(lobbyId, 0, [{ op: 'create', kind: 'lobby', profile: lobbyProfile }])
      } catch (error) {
        // Another node that starts on the same database may have been sooner.
        const theirs = await engine.find(lobbyId)
        if (theirs) return theirs
        throw error
      }
    },
    actions: [
      ...attendance,
      ...implement(directoryActions, {
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
            return views.state(num, cursor, await engine.member(num, requireUser(caller).user.num))
          },
        },
      }),
    ],
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
