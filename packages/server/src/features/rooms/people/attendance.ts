import { type Action, type CallContext, implement } from '../../../core/action.ts'
import { type Caller, requireUser } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import { Json } from '../../../core/json.ts'
import type { LimitRate } from '../../../core/rate.ts'
import { type LocalBuckets, rateLimited } from '../../../platform/limiter/limiter.ts'
import type { Live } from '../../../room/live/live.ts'
import type { Catalog } from '../profile/catalog.ts'
import type { KnownRoom } from '../state.ts'
import { attendanceActions } from '../contract.ts'
import type { RoomShapes } from '../contract/room-shapes.ts'
import { typingSlot } from '../slots.ts'
import {
  connectionOf,
  createMembership,
  type Membership,
  type MembershipDeps,
  waitingAnswerJson,
} from '../entry/membership.ts'
import { roomErrors } from '../../../room/errors.ts'

export type AttendanceDeps = MembershipDeps & {
  live: Live
  catalog: Catalog
  shapes: RoomShapes
  buckets: LocalBuckets
  /** How often a connection may set each slot. */
  slotRates: ReadonlyMap<string, LimitRate>
}

/** Approximate size of a typing event on the wire. */
const typingBytes = 250

/** Joining and leaving, and actions that need an attached connection (rules J1 to J7). */
export function createAttendance(deps: AttendanceDeps): { actions: Action[] } & Pick<Membership, 'renew' | 'renewed'> {
  const { live, views, shapes, buckets, slotRates } = deps
  const { find, known, at, exists } = deps.catalog
  const membership = createMembership(deps)

  /** A rule: this connection is attached to the room (rule J6). */
  function attached(_caller: Caller, { room_id }: { room_id: string }, context: CallContext) {
    const verdict = (room: KnownRoom | null) => {
      if (!room) return 'not_found'
      return live.isAttached(connectionOf(context), room.num) ? true : roomErrors.not_a_member
    }
    const found = find(room_id)
    return found instanceof Promise ? found.then(verdict) : verdict(found)
  }

  /** Runs with the room's num; at once, without a promise, if the room is cached: values of slots come many times a second. */
  function inRoom<Reply>(room_id: string, run: (num: number) => Reply): Reply | Promise<Reply> {
    const room = known(room_id)
    return room instanceof Promise ? room.then(({ num }) => run(num)) : run(room.num)
  }

  /** Sets a slot unless the connection does so too often (rule J9). */
  function setSlot(context: CallContext, room: number, slot: string, text: string | null): void {
    const connection_id = connectionOf(context)
    const rate = slotRates.get(slot)
    const wait = rate ? buckets.take(`slot ${slot}`, connection_id, rate) : 0
    if (wait > 0) throw rateLimited(wait)
    live.setSlot(connection_id, room, slot, text)
  }

  const actions = implement(attendanceActions(shapes), {
    'rooms.join': {
      allow: exists,
      async run({ room_id, ...credentials }, caller, context) {
        const { row, me, role, waits } = await membership.join(room_id, caller, credentials, context)
        const room = await at(row)
        if (waits) return new Json(waitingAnswerJson(room))
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
      async run({ room_id, after_seq = null, epoch = null, ...credentials }, caller, context) {
        return new Json(await membership.attach(room_id, caller, { ...credentials, after_seq, epoch }, context))
      },
    },
    'rooms.detach': {
      allow: exists,
      async run({ room_id }, _caller, context) {
        await membership.detach(room_id, context)
        return { room_id }
      },
    },
    'rooms.typing': {
      allow: attached,
      run: ({ room_id, typing }, _caller, context) =>
        inRoom(room_id, (num) => {
          setSlot(context, num, typingSlot.name, typing ? 'true' : null)
          context.charge('fan_out_bytes', typingBytes * live.receivers(num))
          return { room_id }
        }),
    },
    'rooms.presence': {
      allow: attached,
      run: ({ room_id, slot, text }, _caller, context) =>
        inRoom(room_id, (num) => {
          setSlot(context, num, slot, text)
          context.charge('fan_out_bytes', context.bytes * live.receivers(num))
          return { room_id }
        }),
    },
    'rooms.signal': {
      allow: attached,
      run: ({ room_id, to, name, data }, _caller, context) =>
        inRoom(room_id, (num) => {
          context.charge('fan_out_bytes', context.bytes * (to == null ? live.receivers(num) : 1))
          if (!live.signal(connectionOf(context), num, to ?? null, name, data))
            throw new AppError(roomErrors.unreachable)
          return { delivered: true as const }
        }),
    },
  })
  return { actions, renew: membership.renew, renewed: membership.renewed }
}
