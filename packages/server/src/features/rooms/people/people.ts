import { type Action, implement, type RunContext } from '../../../core/action.ts'
import { type Caller, requireUser } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import { Json } from '../../../core/json.ts'
import type { Live } from '../../../room/live/live.ts'
import type { Facts, Op, People, RoomEngine } from '../../../room/types.ts'
import { personIn } from '../../identity/contract.ts'
import type { Access } from '../entry/access.ts'
import type { Catalog } from '../profile/catalog.ts'
import { banRecord, letInRecord, sentOutRecord, waitingRecord } from '../contract/events.ts'
import { memberActions } from '../contract/people.ts'
import { unknownPerson, unknownTime, valueAs } from '../record-values.ts'
import { needs, roleOf, targetOf } from '../permissions/permissions.ts'
import { mayChangeRole, mayRemove, roomPermissions } from '../permissions/room-permissions.ts'
import { handedOver, hostRole, type KnownRoom } from '../state.ts'
import type { StandInModeration } from './stand-in-moderation.ts'
import type { RoomsStore } from '../store.ts'
import type { Person } from './person-store.ts'
import { requireSameRole } from './succession.ts'
import { revised } from '../profile/updates.ts'
import { pageSize, type Views } from '../views.ts'

/** Bans that the list shows. */
const listLimit = 500

export type PeopleDeps = {
  catalog: Pick<Catalog, 'commit' | 'current' | 'known'>
  access: Pick<Access, 'may' | 'readable'>
  engine: Pick<RoomEngine, 'member'>
  live: Pick<Live, 'isPresent'>
  store: Pick<RoomsStore, 'person' | 'record' | 'records'>
  moderation: Pick<StandInModeration, 'sendOut' | 'end'>
  people: People
  views: Views
}

type Target = { room_id: string; user_id: string }
type Queued = RunContext['queued']

/** Members, their roles, and the ban list (rules P1 to P6). */
export function createPeople(deps: PeopleDeps): Action[] {
  const { catalog, access, engine, store, moderation, people, views } = deps

  async function personOf({ room_id, user_id }: Target): Promise<Person> {
    const person = await store.person((await catalog.known(room_id)).num, user_id)
    if (!person || (person.deleted && !person.member)) throw new AppError('not_found')
    return person
  }

  const profileOf = async (user: number) => personIn((await people.load([user])).get(user) ?? '')

  async function member(target: Target) {
    const { num, member } = await personOf(target)
    if (!member) throw new AppError('not_found')
    return views.member(member, (await people.load([num])).get(num) ?? 'null')
  }

  /** Rule P3. */
  async function setRole(
    { role, ...target }: Target & { role: 'cohost' | 'member' },
    caller: Caller,
    queued: Queued,
  ): Promise<void> {
    const by = requireUser(caller).user
    const { num } = await personOf(target)
    const plain = (await profileOf(num)).guest ? 'guest' : 'member'
    await catalog.commit(target.room_id, queued, ({ profile }) => {
      const ops: Op[] = [
        needs(roomPermissions.roles, profile),
        {
          op: 'require',
          of: num,
          check: ({ member, target }) =>
            mayChangeRole(roleOf(member, profile), targetOf(num, target, profile)) ? null : 'forbidden',
        },
        { op: 'role', user: num, role: role === 'cohost' ? role : plain, by: by.id },
        // The owner's decision replaces what a stand-in did about the user (rule HO6).
        ...ended(target.user_id),
      ]
      return { actor: by.num, ...call('rooms.setRole'), ops }
    })
  }

  /**
   * The new host is the actor, since `room_updated` carries the actor's profile. An owner who names themselves takes the
   * room back from a stand-in.
   */
  async function handOver(target: Target, caller: Caller, queued: Queued): Promise<void> {
    const by = requireUser(caller).user
    const { num } = await personOf(target)
    await catalog.commit(target.room_id, queued, async (known) => {
      const { num: room, profile } = known
      const { host } = profile
      const before = host === num || host === by.num ? null : await engine.member(room, host)
      const theirs = { owner: num, owner_id: target.user_id, host: num, host_id: target.user_id }
      const own = { host_rights: 'all' as const, stood_in: null }
      const change = (user: number, role: string): Op => ({ op: 'role', user, role, by: by.id })
      const ops: Op[] = [
        needs(roomPermissions.roles, profile, by.num),
        { op: 'require', check: ({ member }) => (member ? null : 'not_found') },
        ...(before
          ? [requireSameRole(before), ...(before.role === hostRole ? [change(host, profile.stood_in ?? 'member')] : [])]
          : []),
        ...(num === by.num ? [] : [change(by.num, 'cohost')]),
        change(num, hostRole),
        ...(await moderation.end(known, target.user_id)),
        ...(num === host && num === by.num ? [] : revised(handedOver(profile, { ...theirs, ...own }), by.id)),
      ]
      return { actor: num, ...call('rooms.setRole'), members_only: false, ops }
    })
  }

  /** Rules P5, P6; for a stand-in rule HO6. */
  async function remove({ ban, ...target }: Target & { ban: boolean }, caller: Caller, queued: Queued): Promise<void> {
    const by = requireUser(caller).user
    const { num, member } = await personOf(target)
    const user = await profileOf(num)
    const bans = async ({ num: room }: KnownRoom): Promise<Op[]> => {
      if (!ban || (await store.record(room, banRecord, user.id))) return []
      const next: Extract<Op, { op: 'change' }>['next'] = (_current, { now }) => ({
        ...{ user, by: by.id, at: new Date(now).toISOString() },
      })
      return [{ op: 'change', type: banRecord, key: user.id, next }, { op: 'revise' }]
    }
    await catalog.commit(target.room_id, queued, async (room) => {
      const isStandIn = room.profile.host === by.num && room.profile.host_rights === 'order'
      const ends = async (): Promise<Op[]> => [
        { op: 'remove', type: waitingRecord, key: user.id },
        ...ended(user.id),
        { op: 'expel', user: num, by: by.id, reason: ban ? 'banned' : 'removed' },
        ...(await bans(room)),
      ]
      const sends = async () =>
        member ? [requireSameRole(member), ...(await moderation.sendOut(room, member, user, by.id))] : []
      const ops: Op[] = [
        needs(isStandIn && !ban ? roomPermissions.send_out : roomPermissions.remove, room.profile),
        { op: 'require', of: num, check: (facts) => removal(room, num, ban, facts) },
        ...(await (isStandIn ? sends() : ends())),
      ]
      return { actor: by.num, ...call('rooms.removeMember'), ops }
    })
  }

  async function unban({ room_id, user_id }: Target, caller: Caller, queued: Queued): Promise<void> {
    const actor = requireUser(caller).user.num
    await catalog.commit(room_id, queued, ({ profile }) => {
      const ops: Op[] = [
        needs(roomPermissions.remove, profile),
        { op: 'change', type: banRecord, key: user_id, next: (current) => current ?? new AppError('not_found') },
        { op: 'remove', type: banRecord, key: user_id },
        { op: 'revise' },
      ]
      return { actor, ...call('rooms.unban'), ops }
    })
  }

  return implement(memberActions, {
    'rooms.members': {
      allow: () => true,
      async run({ room_id, cursor, limit, online }, caller, { permit }) {
        const { num } = await access.readable(caller, room_id)
        const isShown = online == null ? () => true : (id: string) => deps.live.isPresent(num, id)
        return views.members(permit, num, { after: cursor ?? null, limit: pageSize(limit), isShown })
      },
    },
    'rooms.member': {
      allow: () => true,
      async run(target, caller) {
        await access.readable(caller, target.room_id)
        return new Json(await member(target))
      },
    },
    'rooms.setRole': {
      allow: access.may(roomPermissions.roles),
      async run({ role, ...target }, caller, { queued }) {
        if (role === 'host') await handOver(target, caller, queued)
        else await setRole({ ...target, role }, caller, queued)
        return new Json(await member(target))
      },
    },
    'rooms.removeMember': {
      allow: async (caller, input) => {
        const allowed = await access.may(roomPermissions.remove)(caller, input)
        return allowed === true || input.ban === true ? allowed : access.may(roomPermissions.send_out)(caller, input)
      },
      async run({ room_id, user_id, ban }, caller, { queued }) {
        await remove({ room_id, user_id, ban: ban === true }, caller, queued)
        return { room_id, user_id }
      },
    },
    'rooms.bans': {
      allow: access.may(roomPermissions.remove),
      async run({ room_id }) {
        const { row } = await catalog.current(room_id)
        // A closed room keeps its records, but nobody can join it, so its ban list is shown empty.
        const items = row.closed_at === null ? await store.records(row.num, banRecord, listLimit) : []
        return { items: items.map(({ key, value }) => valueAs(banRecord, value) ?? unknownBan(key)), next_cursor: null }
      },
    },
    'rooms.unban': {
      allow: access.may(roomPermissions.remove),
      async run({ room_id, user_id }, caller, { queued }) {
        await unban({ room_id, user_id }, caller, queued)
        return { room_id, user_id }
      },
    },
  })
}

/** Removes the records of what a stand-in did about this user. */
const ended = (user_id: string): Op[] =>
  [sentOutRecord, letInRecord].map((type) => ({ op: 'remove', type, key: user_id }))

/** A ban whose record cannot be read: it stands, and can be lifted. */
const unknownBan = (id: string) => ({ user: unknownPerson(id), by: '', at: unknownTime })

const call = (action: string) => ({ action, client_id: null, members_only: true })

type Both = Pick<Facts, 'member' | 'target'>

/** Why the actor may not remove the target; a user who is no member can only be banned. */
function removal({ profile }: KnownRoom, num: number, ban: boolean, { member, target }: Both) {
  if (!mayRemove(roleOf(member, profile), targetOf(num, target, profile))) return 'forbidden'
  return target === null && !ban ? 'not_found' : null
}
