import type { QueuedCall } from '../../../core/order/room-queue.ts'
import { AppError } from '../../../core/error.ts'
import type { Clock } from '../../../core/clock.ts'
import type { RecordType } from '../../../core/contract.ts'
import type { Profile, UserCaller } from '../../../core/caller.ts'
import {
  type JsonObject,
  type Member,
  type Op,
  type RoomEngine,
  type RoomRow,
  sentOutRole,
} from '../../../room/types.ts'
import type { Catalog } from '../profile/catalog.ts'
import { letInRecord, sentOutRecord } from '../contract/events.ts'
import { unknownPerson, valueAs } from '../record-values.ts'
import type { KnownRoom } from '../state.ts'
import type { RoomsStore } from '../store.ts'
import type { Person } from './person-store.ts'
import { addToWaitingList } from '../waiting/records.ts'
import { roomErrors } from '../../../room/errors.ts'

/** The longest time in ms for which a member is sent out (rule HO6). */
const outAtMost = 3_600_000
/** Users whom stand-ins may have sent out of a room at a time, and let in. */
const mostAtOnce = 200

export type StandInModeration = {
  /** Ops with which a stand-in sends a member out. Rejects with `record_limit`. */
  sendOut(room: KnownRoom, member: Member, user: Profile, by: string): Promise<Op[]>
  /** Ops that record an admission by a stand-in. Rejects with `record_limit`. */
  letIn(room: KnownRoom, user: Profile, by: string): Promise<Op[]>
  /** Ops that undo all of this when the owner or a co-host is back; the user with the id `except` does not have to wait again. */
  end(room: KnownRoom, except?: string): Promise<Op[]>
  /** Gives a sent-out member their former role back once the time is over. Rejects with `sent_out` before. */
  comeBack(row: RoomRow, me: UserCaller, queued: QueuedCall | null): Promise<string>
}

export type StandInModerationDeps = {
  engine: Pick<RoomEngine, 'member'>
  catalog: Pick<Catalog, 'commit'>
  store: Pick<RoomsStore, 'record' | 'records' | 'persons'>
  clock: Clock
}

/**
 * Sending out and letting in by a stand-in for an absent owner, and undoing both (rule HO6). Each such change marks the room
 * as changed (`revise`), so that undoing, which is planned from the current records, misses none that was added meanwhile.
 */
export function createStandInModeration({ engine, catalog, store, clock }: StandInModerationDeps): StandInModeration {
  async function mustHavePlace(room: number, type: RecordType): Promise<void> {
    if ((await store.records(room, type, mostAtOnce)).length >= mostAtOnce) throw new AppError(roomErrors.record_limit)
  }

  /** A user who was let in waits again if the waiting room is still on, unless they have a higher role by now. */
  function waitAgain(room: KnownRoom, key: string, value: JsonObject, person: Person | undefined): Op[] {
    const { user } = valueAs(letInRecord, value) ?? { user: unknownPerson(key) }
    const gone: Op = { op: 'remove', type: letInRecord, key }
    const role = person?.member?.role
    const isPlain = role === 'member' || role === 'guest' || role === sentOutRole
    if (!person || !isPlain || !room.profile.settings.waiting) return [gone]
    return [gone, { op: 'expel', user: person.num, by: null, reason: 'waiting' }, ...addToWaitingList(room, user)]
  }

  return {
    async sendOut({ num }, { user: target, role }, user, by) {
      if (role === sentOutRole) return []
      await mustHavePlace(num, sentOutRecord)
      const next: Extract<Op, { op: 'change' }>['next'] = (_current, { now }) => {
        const [at, until] = [now, now + outAtMost].map((time) => new Date(time).toISOString())
        return { user: plain(user), by, at, until, role }
      }
      return [
        { op: 'role', user: target, role: sentOutRole, by },
        { op: 'change', type: sentOutRecord, key: user.id, next },
        { op: 'revise' },
      ]
    },

    async letIn({ num }, user, by) {
      await mustHavePlace(num, letInRecord)
      const next: Extract<Op, { op: 'change' }>['next'] = (_current, { now }) => ({
        ...{ user: plain(user), by, at: new Date(now).toISOString() },
      })
      return [{ op: 'change', type: letInRecord, key: user.id, next }, { op: 'revise' }]
    },

    async end(room, except) {
      const [out, letIn] = await Promise.all([
        store.records(room.num, sentOutRecord, mostAtOnce),
        store.records(room.num, letInRecord, mostAtOnce),
      ])
      if (out.length + letIn.length === 0) return []
      const people = await store.persons(
        room.num,
        [...out, ...letIn].map(({ key }) => key),
      )
      const back = out.map(({ key, value }): Op[] => {
        const { role } = valueAs(sentOutRecord, value) ?? { role: 'guest' }
        const person = people.get(key)
        const gone: Op = { op: 'remove', type: sentOutRecord, key }
        return person ? [{ op: 'role', user: person.num, role, by: null, from: sentOutRole }, gone] : [gone]
      })
      const waiting = letIn.map(({ key, value }) =>
        waitAgain(room, key, value, key === except ? undefined : people.get(key)),
      )
      return [...back, ...waiting].flat()
    },

    async comeBack({ id, num }, { user, profile }, queued) {
      const record = await store.record(num, sentOutRecord, user.id)
      const left = msUntilReturn(record, clock.now())
      if (left > 0) throw sentOutError(left)
      const kept = record === null ? null : valueAs(sentOutRecord, record)
      const role = kept?.role ?? (profile.guest ? 'guest' : 'member')
      await catalog.commit(id, queued, () => {
        const ops: Op[] = [
          { op: 'role', user: user.num, role, by: null, from: sentOutRole },
          { op: 'remove', type: sentOutRecord, key: user.id },
        ]
        return { actor: user.num, action: 'rooms.join', client_id: null, members_only: false, ops }
      })
      return (await engine.member(num, user.num))?.role ?? role
    },
  }
}

/** Ms for which the user of this record is still sent out; 0: not any more. An unreadable one counts for the full time (rule RM14). */
export function msUntilReturn(record: JsonObject | null | undefined, now: number): number {
  if (record == null) return 0
  const sentOut = valueAs(sentOutRecord, record)
  return sentOut ? Math.max(0, Date.parse(sentOut.until) - now) : outAtMost
}

/** The error for a user who is sent out for so many ms more. */
export const sentOutError = (ms: number): AppError =>
  new AppError(roomErrors.sent_out, { details: { retry_after: Math.ceil(ms / 1000) } })

const plain = ({ id, name, avatar_url, guest }: Profile): Profile => ({ id, name, avatar_url, guest })
