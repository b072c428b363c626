import type { CallContext, ReadContext } from '../../../core/action.ts'
import type { Caller, UserCaller } from '../../../core/caller.ts'
import type { Timers } from '../../../core/clock.ts'
import type { RoomFacts } from '../../../core/contract.ts'
import { AppError } from '../../../core/error.ts'
import type { ReadPermit, ReadQueue } from '../../../core/fairness/read-queue.ts'
import { languagesIn } from '../../../room/languages.ts'
import type { Attachment, Cursor, Live, Viewer } from '../../../room/live/live.ts'
import type { Op, RoomEngine, RoomRow } from '../../../room/types.ts'
import type { Catalog } from '../profile/catalog.ts'
import { waitingRecord } from '../contract/events.ts'
import type { createJoining, JoinCredentials } from './joining.ts'
import { type KnownRoom, lobbyId, visitorRole } from '../state.ts'
import type { Views } from '../views.ts'
import type { WaitingConnections } from '../waiting/connections.ts'
import { roomErrors } from '../../../room/errors.ts'

/** Ms within which `join_room` is answered (rule J3). */
const joinTimeout = 5_000

export type MembershipDeps = {
  engine: Pick<RoomEngine, 'commit'>
  live: Pick<Live, 'attach' | 'detach' | 'emit' | 'isOutdated' | 'owner' | 'reader'>
  readQueue: ReadQueue
  timers: Timers
  catalog: Pick<Catalog, 'at' | 'known'>
  join: ReturnType<typeof createJoining>
  waitingConnections: Pick<WaitingConnections, 'add' | 'remove'>
  views: Views
}

export type Membership = ReturnType<typeof createMembership>

/** Joining and leaving (rules J1 to J5). */
export function createMembership({
  engine,
  live,
  readQueue,
  timers,
  catalog,
  join,
  waitingConnections,
  views,
}: MembershipDeps) {
  const logText = createLogTexts()
  const renewing = new Set<Promise<void>>()

  /**
   * Attaches the connection to the room; returns the text of `room_joined`. Null: the membership has ended, or the connection was
   * detached meanwhile.
   */
  async function attach(
    permit: ReadPermit,
    row: RoomFacts,
    me: { user_id: string; role: string },
    cursor: Cursor,
    connection_id: string,
  ): Promise<string | null> {
    const attachment = await live.attach(permit, connection_id, row, cursor)
    const { member, room: now } = attachment.catchup
    if (member === null && row.id !== lobbyId) {
      attachment.drop()
      return null
    }
    const self = {
      role: member?.role ?? me.role,
      peer_id: attachment.peer_id,
      user_id: me.user_id,
      joined_at: member ? new Date(member.joined_at).toISOString() : null,
      languages: languagesIn(member?.languages ?? null),
    }
    const room = await views.room(await catalog.at(now), now)
    const json = joinedJson(room, logText(attachment), views.records(attachment.records), attachment, self)
    if (!attachment.begin()) return null
    live.emit(connection_id, 'room_joined', json)
    return json
  }

  async function enter(room_id: string, caller: Caller, asked: JoinCredentials & Cursor, context: ReadContext) {
    const connection_id = connectionOf(context)
    const { row, me, role, waits } = await join(room_id, caller, asked, context)
    const self = { user_id: me.user.id, role }
    if (!waits) {
      const json = (await attach(context.permit, row, self, asked, connection_id)) ?? notIn()
      // The text is sent twice: as the event `room_joined` and as the answer.
      context.charge('answered_bytes', json.length)
      return json
    }
    const reader = live.reader(connection_id)
    const enterLater = async (now: RoomRow) => {
      await readQueue.take(reader, async (permit) => (await attach(permit, now, self, asked, connection_id)) ?? notIn())
    }
    waitingConnections.add({ room: row, user: me.user, connection_id, enter: enterLater })
    return waitingAnswerJson(await catalog.known(room_id))
  }

  async function startOver(room: RoomFacts, id: string, user_id: string): Promise<void> {
    const started = readQueue.take(live.reader(id), async (permit) => {
      if (!live.isOutdated(id, room.num)) return
      await attach(permit, room, { user_id, role: visitorRole }, { after_seq: null, epoch: null }, id).catch(unlessOut)
    })
    await started.catch((error: unknown) => {
      if (!hasGone(id)) throw error
    })
  }

  /** Nothing is read for a connection that has closed before its turn (core rule T5). */
  const hasGone = (id: string): boolean => live.owner(id) === undefined

  return {
    join,

    /** Attaches the connection and returns the text of `room_joined`; rejects with `timeout` when that takes too long. */
    attach(room_id: string, caller: Caller, asked: JoinCredentials & Cursor, context: ReadContext): Promise<string> {
      return new Promise((resolve, reject) => {
        const cancel = timers.after(joinTimeout, () => reject(new AppError('timeout')))
        const entered = enter(room_id, caller, asked, context)
        // Calls behind it wait for the attaching itself, also when its answer was `timeout`.
        context.queued?.endWith(entered)
        void entered.then(resolve, reject).finally(cancel)
      })
    },

    /**
     * What a connection may see has changed: it gets a whole `room_joined` in place, in its turn like one who joins, unless it has
     * joined again by then (rule J10), or may not stay, of which the log tells. If that fails, the engine cuts the connection, which
     * starts over.
     */
    async renew(room: RoomFacts, { id, user_id, present }: Viewer): Promise<void> {
      if (!present || user_id === null) return
      const started = startOver(room, id, user_id)
      renewing.add(started)
      await started.finally(() => renewing.delete(started))
    },

    /** Resolves when no connection is being attached again. */
    async renewed(): Promise<void> {
      await Promise.allSettled(renewing)
    },

    async detach(room_id: string, context: CallContext): Promise<void> {
      const { num } = await catalog.known(room_id)
      const connection_id = connectionOf(context)
      live.detach(connection_id, num, 'left')
      await waitingConnections.remove(connection_id, num)
    },

    async leave({ id: room_id }: KnownRoom, { user }: UserCaller): Promise<void> {
      if (user.num === 0 || room_id === lobbyId) return
      const call = { room_id, actor: user.num, action: 'rooms.leave', client_id: null, members_only: false }
      const ops: Op[] = [
        { op: 'remove', type: waitingRecord, key: user.id },
        { op: 'expel', user: user.num, by: null },
      ]
      await engine.commit({ ...call, ops })
    },
  }
}

function notIn(): never {
  throw new AppError(roomErrors.not_a_member)
}

function unlessOut(error: unknown): null {
  const known = AppError.from(error)
  if (known.is(roomErrors.sent_out) || known.is(roomErrors.room_closed)) return null
  throw error
}

/** The connection of a call; every action that only sockets can call has one. */
export function connectionOf({ connection_id }: CallContext): string {
  if (connection_id === null) throw new Error('This action came without a connection')
  return connection_id
}

/** The answer to a user who must wait (rule W1). */
export const waitingAnswerJson = ({ id, profile: { name } }: KnownRoom): string =>
  JSON.stringify({ waiting: true, room: { id, name } })

/**
 * The events of a catch-up as JSON text. The engine gives all users who join at the same state of a room the same events
 * (rule RC8 of the engine), so the text is reused, unless they may see other events or a name has changed meanwhile.
 */
function createLogTexts(): (attachment: Attachment) => string {
  const texts = new WeakMap<object, { events: Attachment['events']; text: string }>()
  return ({ catchup, events }) => {
    const known = texts.get(catchup.events)
    const isSame =
      known?.events.length === events.length && known.events.every(({ data }, index) => data === events[index]?.data)
    if (known && isSame) return known.text
    const log = events.map(({ seq, event, data }) => `{"seq":${seq},"event":${JSON.stringify(event)},"data":${data}}`)
    const text = log.join(',')
    // Changes are one reader's own.
    if (!catchup.recovered) texts.set(catchup.events, { events, text })
    return text
  }
}

function joinedJson(room: string, log: string, records: string, { catchup, presence }: Attachment, me: object): string {
  const { seq, recovered, history_before, more } = catchup
  const rest = { seq, epoch: catchup.room.epoch, recovered, ...(more === null ? {} : { more }), history_before }
  const facts = JSON.stringify({ ...rest, me }).slice(1, -1)
  return `{"room":${room},"events":[${log}],"records":[${records}],${facts},"presence":${presence}}`
}
