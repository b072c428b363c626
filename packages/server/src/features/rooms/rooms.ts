import { type Action, implement } from '../../core/action.ts'
import { type Caller, type Profile, requireUser, type UserRef } from '../../core/caller.ts'
import type { Clock, Timers } from '../../core/clock.ts'
import type { RoomFacts, StoredEvent } from '../../core/contract.ts'
import { AppError, type Failure } from '../../core/error.ts'
import type { LimitRate } from '../../core/rate.ts'
import type { AddedToRooms } from '../feature.ts'
import { readStored, type TellUnreadable } from '../../core/stored.ts'
import { Json } from '../../core/json.ts'
import { searchKey } from '../../core/text/search.ts'
import type { ReadQueue } from '../../core/fairness/read-queue.ts'
import type { Database } from '../../platform/db/database.ts'
import type { JobHandler, Jobs } from '../../platform/jobs/jobs.ts'
import type { LocalBuckets } from '../../platform/limiter/limiter.ts'
import type { Passwords } from '../../platform/passwords/passwords.ts'
import type { Encoder } from '../../room/encode.ts'
import type { Live, Viewer } from '../../room/live/live.ts'
import type { Op, RoomBatch, RoomEngine, RoomRow } from '../../room/types.ts'
import type { Tell } from '../hooks.ts'
import type { ServerPolicy } from '../server/server.ts'
import type { Identity } from '../identity/identity.ts'
import { type AttemptRates, createAttempts } from './entry/attempts.ts'
import { type Access, createAccess } from './entry/access.ts'
import { createAttendance } from './people/attendance.ts'
import { type Catalog, createCatalog } from './profile/catalog.ts'
import { directoryActions, roomShapes } from './contract.ts'
import { roomUpdated, updatedBody } from './contract/events.ts'
import { createDirectory } from './directory/directory.ts'
import { createDirectoryStore } from './directory/store.ts'
import { createHosting, type Hosting } from './people/hosting.ts'
import { type CodeKeys, createInviteCodes } from './entry/invite-codes.ts'
import { createInvites } from './entry/invites.ts'
import { createRoomOptions } from './options.ts'
import { createJoining } from './entry/joining.ts'
import { createAccountDeletion } from './people/account-deletion.ts'
import { createMe } from './people/me.ts'
import { createProfileChanges } from './people/profile-changes.ts'
import { createRoomPasswords } from './entry/passwords.ts'
import { createNotices } from './people/notices.ts'
import { createUserRecordsStore } from './waiting/user-records-store.ts'
import { createPeople } from './people/people.ts'
import { createSearch } from './people/search.ts'
import { withReportedRoles } from './people/member-roles.ts'
import { needs, type Permission } from './permissions/permissions.ts'
import { closedRoomJson, isMembersOnly, type KnownRoom, lobbyId } from './state.ts'
import { createStandInModeration } from './people/stand-in-moderation.ts'
import { createRoomsStore } from './store.ts'
import { createUpdates } from './profile/updates.ts'
import { createSetPicture, type SetPicture } from './profile/picture.ts'
import { createViews } from './views.ts'
import { createWaitingConnections } from './waiting/connections.ts'
import { createWaiting } from './waiting/waiting.ts'
import { createWaitingReservations } from './waiting/reservations.ts'
import { type Page, directoryPage, listPage } from './directory/pages.ts'
import { createCreation } from './profile/creation.ts'

export { isOpenTo, type KnownRoom, lobbyId } from './state.ts'
export { pageSize } from './views.ts'

export type RoomsDeps = {
  db: Database
  engine: RoomEngine
  jobs: Pick<Jobs, 'schedule'>
  live: Live
  encoder: Pick<Encoder, 'records' | 'recordItem'>
  identity: Pick<Identity, 'people' | 'stored'>
  policy: Pick<ServerPolicy, 'now'>
  clock: Clock
  timers: Timers
  readQueue: ReadQueue
  /** Hashing with lower priority than sign-ins. */
  hashing: Passwords
  buckets: LocalBuckets
  limits: { guestRooms: number; rates: AttemptRates; slots: ReadonlyMap<string, LimitRate> }
  /** The keys that sign invitations. */
  keys: CodeKeys
  publicUrl: string | null
  /** What features add to rooms: capabilities, settings and presence slots. */
  added: AddedToRooms
  /** Called for stored rows that cannot be read (rule RM13). */
  unreadable: TellUnreadable
  /** Called when a user has become a member, after the commit. */
  onMember: (user: number, room: RoomRow) => void
  /** Reports a failure of background work that will be retried. */
  onFailure: (error: unknown) => void
}

export type Rooms = Pick<Catalog, 'find' | 'known' | 'commit'> &
  Pick<Access, 'enterable' | 'may'> & {
    /** The condition of a commit: the actor has the permission at that moment (rule P2). */
    needs(permission: Permission, room: KnownRoom): Op
    actions: readonly Action[]
    jobs: readonly JobHandler[]
    /**
     * Open rooms of which the user is a member, of these, each as of the seq that is given with its num: by num, as an item of
     * the user's list.
     */
    ownRooms(
      user: number,
      seqs: ReadonlyMap<number, number>,
    ): Promise<ReadonlyMap<number, { id: string; text: string }>>
    setPicture: SetPicture
    /** Pictures of these rooms by id, as the database has them now, of those that are open and have one. */
    picturesOf(room_ids: readonly string[]): Promise<ReadonlyMap<string, string>>
    /** The room as those see it who may read it, as JSON text; rejects with `not_found`. */
    json(room_id: string): Promise<string>
    /** Whether an invite link holds: whoever has it may make an account where only invited people may (rule AD5 of identity). */
    isInvited(invite: { room_id: string; code: string }): Promise<boolean>
    /** Whether the caller may read a room now: only then an API key may be limited to it (rule AK4 of identity). */
    isReadable(caller: Caller, room_id: string): Promise<boolean>
    /** Whether people find the lobby here. */
    hasLobby(): boolean
    /** The lobby, made at the first start (rule RM6). */
    openLobby(): Promise<RoomRow>
    /** The room as it is now, if the caller may read it: the check before every read (rule RM9). */
    readable(caller: Caller, room_id: string): Promise<RoomRow>
    /** The name of a room that anyone may read, for link previews; null: no such room, or non-members may not read it (rule RM8). */
    publicName(room_id: string): Promise<string | null>
    /** Called when a user becomes present in a room on this node, or is not present any more. */
    onPresence: Hosting['onPresence']
    /** Called for each batch committed on this node. */
    onCommit(batch: Pick<RoomBatch, 'room' | 'from'>): void
    onEvent(room: RoomFacts, event: StoredEvent): void
    /** What a connection may see of a room has changed. */
    viewChanged(room: RoomFacts, connection: Viewer): Promise<void>
    /** A profile changed: notifies the user's rooms on this node. */
    profileChanged(user: UserRef, profile: Profile): Promise<void>
    /** Does a part of an account's deletion: ends its memberships, and hands its rooms over. */
    forgetUser: Tell['onUserDeleted']
    stop(): Promise<void>
  }

export function createRooms(deps: RoomsDeps): Rooms {
  const { live, identity } = deps
  const engine = withReportedRoles(deps.engine, deps.unreadable)
  const { people } = identity
  const options = createRoomOptions(deps.added.options)
  const shapes = roomShapes(deps.added)
  const store = createRoomsStore(deps.db, options, deps.unreadable)
  const userRecords = createUserRecordsStore(deps.db)
  const isHidden = (room_id: string) => room_id === lobbyId && !deps.policy.now().lobby
  const catalog = createCatalog({ engine, read: store.byId, isHidden })
  const access = createAccess({ engine, catalog, store, clock: deps.clock })
  const views = createViews({ ...deps, people })
  const { passwordsTried } = createNotices(deps)
  const attempts = createAttempts(deps.buckets, deps.limits.rates)
  const passwords = createRoomPasswords({ ...deps, attempts, onSpent: passwordsTried })
  const codes = createInviteCodes(deps.keys)
  const moderation = createStandInModeration({ engine, catalog, store, clock: deps.clock })
  const parts = {
    ...deps,
    engine,
    options,
    shapes,
    attempts,
    people,
    store,
    userRecords,
    catalog,
    access,
    views,
    passwords,
    codes,
    moderation,
  }
  const invites = createInvites(parts)
  const waitingConnections = createWaitingConnections(parts)
  const join = createJoining({ ...parts, invites, waitingConnections, reserve: createWaitingReservations(parts) })
  const attendance = createAttendance({ ...parts, slotRates: deps.limits.slots, join, waitingConnections })
  const hosting = createHosting(parts)
  const directoryOf = createDirectory({ ...deps, directory: createDirectoryStore(deps.db) })
  const { create, openLobby } = createCreation(parts)

  const mine = async (page: Page, caller: Caller) =>
    views.list(await store.roomsOf(requireUser(caller).user.num, listPage(page)))

  const directory = implement(directoryActions(shapes), {
    'rooms.create': {
      allow: isUser,
      run: async (input, caller, context) =>
        new Json(await create(input, await identity.stored(caller, context), context)),
      async current(room_id, caller) {
        const { room, row, keptOut } = await access.see(caller, room_id)
        if (keptOut) throw keptOut
        return new Json(await views.room(room, row))
      },
    },
    'rooms.list': {
      allow: () => true,
      async run({ q, ...page }) {
        const { items, next_cursor } = await store.publicRooms({ ...directoryPage(page), key: searchKey(q ?? '') })
        return views.directory({ items: items.filter(({ id }) => !isHidden(id)), next_cursor })
      },
    },
    'rooms.ofUser': {
      allow: (caller, { user_id }) => requireUser(caller).user.id === user_id || 'forbidden',
      run: mine,
    },
    'rooms.get': {
      allow: catalog.exists,
      async run({ room_id }, caller) {
        const { room, row, keptOut } = await access.see(caller, room_id)
        const shown = keptOut ? closedRoomJson(room, row) : views.room(room, row)
        return new Json(shown instanceof Promise ? await shown : shown)
      },
    },
    'rooms.state': {
      allow: catalog.exists,
      async run({ room_id, cursor }, caller, { permit }) {
        const room = await access.readable(caller, room_id)
        const { id, num } = requireUser(caller).user
        return views.state(permit, room, cursor, { id, member: await engine.member(room.num, num) })
      },
    },
  })

  return {
    ...{ find: catalog.find, known: catalog.known, commit: catalog.commit },
    ...{ readable: access.readable, enterable: access.enterable, may: access.may, openLobby },
    async isReadable(caller, room_id) {
      try {
        await access.readable(caller, room_id)
        return true
      } catch (error) {
        if (AppError.from(error).is('internal')) throw error
        return false
      }
    },
    async isInvited({ room_id, code }) {
      const room = await catalog.find(room_id)
      return room !== null && (await invites.find(room, code)) !== null
    },
    hasLobby: () => !isHidden(lobbyId),
    async ownRooms(user, seqs) {
      const listed = await store.roomsAmong(user, [...seqs.keys()])
      const items = listed.map((room) => ({ ...room, last_seq: seqs.get(room.num) ?? room.last_seq }))
      const texts = await views.items(items)
      return new Map(items.map(({ num, id }, place) => [num, { id, text: texts[place] ?? '' }]))
    },
    async json(room_id) {
      const { room, row } = await catalog.current(room_id)
      return views.room(room, row)
    },
    needs: (permission, { profile }) => needs(permission, profile),
    setPicture: createSetPicture(parts),
    picturesOf: store.picturesOf,
    async publicName(room_id) {
      const there = await engine.find(room_id)
      if (!there || there.closed_at !== null) return null
      const { profile } = await catalog.at(there)
      return isMembersOnly(profile) ? null : profile.name
    },
    viewChanged: attendance.renew,
    profileChanged: createProfileChanges(deps),
    forgetUser: createAccountDeletion(parts),
    onPresence(...told) {
      hosting.onPresence(...told)
      directoryOf.onPresence(...told)
    },
    onCommit({ room, from }) {
      // The creation of a room does not count as activity.
      if (from > 1) directoryOf.onActivity(room.num)
    },
    onEvent(room: RoomFacts, event: StoredEvent) {
      if (event.type !== roomUpdated.name) return
      hosting.onUpdate(room)
      const body = readStored(updatedBody, event.v, event.body)
      // Restarts the streams of readers who are not members, so that those who may not read it any more are refused (rule
      // RM9); also when the body cannot be read.
      if (!body.ok || body.value.turned_private) live.restartReaders(room.num)
    },
    async stop() {
      hosting.close()
      await attendance.renewed()
      await directoryOf.close()
      await waitingConnections.close()
    },
    jobs: [waitingConnections.job, hosting.job],
    actions: [
      ...directory,
      ...attendance.actions,
      ...createMe(parts),
      ...createUpdates(parts),
      ...createPeople(parts),
      ...createSearch(parts),
      ...createWaiting({ ...parts, waitingConnections }),
      ...invites.actions,
    ],
  }
}

const isUser = (caller: Caller): true | Failure => (caller.kind === 'user' ? true : 'not_authenticated')
