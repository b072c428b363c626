import type { z } from 'zod'
import { type Action, implement, type RunContext } from '../../../core/action.ts'
import { type Caller, requireUser } from '../../../core/caller.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import type { Facts, JsonObject, Op } from '../../../room/types.ts'
import type { Access } from './access.ts'
import type { Catalog } from '../profile/catalog.ts'
import { inviteRecord } from '../contract/events.ts'
import { valueAs } from '../record-values.ts'
import { inviteActions } from '../contract/people.ts'
import type { InviteCodes } from './invite-codes.ts'
import { needs } from '../permissions/permissions.ts'
import { roomPermissions } from '../permissions/room-permissions.ts'
import type { KnownRoom } from '../state.ts'
import type { RoomsStore } from '../store.ts'
import { entryErrors } from '../errors.ts'
import { roomErrors } from '../../../room/errors.ts'

type Invite = z.infer<typeof inviteRecord.value>

/** An invitation that was valid when it was read. */
export type ValidInvite = { id: string; role: Invite['role'] }

export type Invites = {
  actions: readonly Action[]
  /** The valid invitation of this code in this room; null when there is none. */
  find(room: KnownRoom, code: string): Promise<ValidInvite | null>
  /** Counts a use, in the commit that makes a user a member; refuses `invite_invalid` when it is not valid any more (rule I3). */
  use(invite: ValidInvite): Op
}

export type InvitesDeps = {
  catalog: Pick<Catalog, 'commit' | 'known'>
  access: Pick<Access, 'may'>
  store: Pick<RoomsStore, 'record' | 'records'>
  codes: InviteCodes
  clock: Clock
  /** PUBLIC_URL; null: addresses are paths. */
  publicUrl: string | null
}

const lifetime = 7 * 24 * 3600
/** Invitations of one room; at the limit one must be revoked before another is made. */
const inviteLimit = 200

const holds = ({ expires_at, max_uses, uses }: Invite, now: number): boolean =>
  (expires_at === null || Date.parse(expires_at) > now) && (max_uses === null || uses < max_uses)

/** Invitations are records of the room that moderators see; codes are derived from their ids and not stored. */
export function createInvites({ catalog, access, store, codes, clock, publicUrl }: InvitesDeps): Invites {
  const inviteOf = (room_id: string, id: string, invite: Invite) => {
    const code = codes.codeOf(room_id, id)
    return { ...invite, id, code, url: `${publicUrl ?? ''}/r/${encodeURIComponent(room_id)}#invite=${code}` }
  }

  type InviteOptions = {
    expires_in?: number | null | undefined
    max_uses?: number | null | undefined
    role?: Invite['role'] | null | undefined
  }

  function newInvite({ expires_in = lifetime, max_uses = null, role }: InviteOptions, caller: Caller): Invite {
    const now = clock.now()
    const expires_at = expires_in === null ? null : timeOf(now + expires_in * 1000)
    const created_by = requireUser(caller).user.id
    return { role: role ?? 'member', expires_at, max_uses, uses: 0, created_at: timeOf(now), created_by }
  }

  const list = async (room_id: string) => {
    const { num } = await catalog.known(room_id)
    const items = await store.records(num, inviteRecord, inviteLimit)
    return items.flatMap(({ key, value }) => {
      const invite = valueAs(inviteRecord, value)
      return invite ? [inviteOf(room_id, key, invite)] : []
    })
  }

  const commit = (
    room_id: string,
    caller: Caller,
    { action, queued }: { action: string; queued: RunContext['queued'] },
    opsFor: (room: KnownRoom) => Op[],
  ) => {
    const actor = requireUser(caller).user.num
    return catalog.commit(room_id, queued, (known) => {
      const ops = opsFor(known)
      return { actor, action, client_id: null, members_only: true, ops }
    })
  }

  return {
    async find(room, code) {
      const id = codes.idOf(room.id, code)
      const record = id === null ? null : await store.record(room.num, inviteRecord, id)
      if (id === null || record === null) return null
      const invite = valueAs(inviteRecord, record)
      return invite && holds(invite, clock.now()) ? { id, role: invite.role } : null
    },

    use({ id }) {
      const next = (current: JsonObject | null, { member, now }: Facts): JsonObject | AppError => {
        const found = inviteRecord.value.safeParse(current)
        if (!found.success || !holds(found.data, now)) return new AppError(entryErrors.invite_invalid)
        // Fields of a later release stay (core rule SD3).
        return { ...current, ...found.data, uses: found.data.uses + (member ? 0 : 1) }
      }
      return { op: 'change', type: inviteRecord, key: id, next }
    },

    actions: implement(inviteActions, {
      'rooms.invite': {
        allow: access.may(roomPermissions.invite),
        async run({ room_id, ...options }, caller, { queued }) {
          const id = codes.newId()
          const invite = newInvite(options, caller)
          const there = await list(room_id)
          if (there.length >= inviteLimit) throw new AppError(roomErrors.record_limit)
          await commit(room_id, caller, { action: 'rooms.invite', queued }, ({ profile }) => [
            needs(roomPermissions.invite, profile),
            // An invitation for co-hosts needs the permission to make co-hosts.
            ...(invite.role === 'cohost' ? [needs(roomPermissions.roles, profile)] : []),
            { op: 'change', type: inviteRecord, key: id, next: () => invite },
          ])
          return inviteOf(room_id, id, invite)
        },
      },
      'rooms.invites': {
        allow: access.may(roomPermissions.invite),
        run: async ({ room_id }) => ({ items: await list(room_id), next_cursor: null }),
      },
      'rooms.revokeInvite': {
        allow: access.may(roomPermissions.invite),
        async run({ room_id, invite_id: id }, caller, { queued }) {
          await commit(room_id, caller, { action: 'rooms.revokeInvite', queued }, ({ profile }) => [
            needs(roomPermissions.invite, profile),
            // Refuses if the invitation does not exist; does not change it.
            { op: 'change', type: inviteRecord, key: id, next: (current) => current ?? new AppError('not_found') },
            { op: 'remove', type: inviteRecord, key: id },
          ])
          return { room_id, id }
        },
      },
    }),
  }
}

const timeOf = (ms: number): string => new Date(ms).toISOString()
