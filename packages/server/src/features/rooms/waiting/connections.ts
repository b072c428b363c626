import type { UserRef } from '../../../core/caller.ts'
import type { Clock, Timers } from '../../../core/clock.ts'
import { AppError, type Failure } from '../../../core/error.ts'
import type { Live } from '../../../room/live/live.ts'
import type { Op, RoomEngine, RoomRow } from '../../../room/types.ts'
import { again, handle, type JobHandler, type JobOutcome } from '../../../platform/jobs/jobs.ts'
import { sweepWaitingJob } from '../jobs.ts'
import { waitingGrace } from './records.ts'
import { banRecord, waitingRecord } from '../contract/events.ts'
import { chunks, type UserRecordsStore, type WaitingUser } from './user-records-store.ts'
import type { RoomsStore } from '../store.ts'
import { entryErrors } from '../errors.ts'
import { roomErrors } from '../../../room/errors.ts'

/**
 * Ms. `check`: how often a node checks whether its waiting users were let in. `mark`: how often it stores which users wait
 * on it. `atLeast`: between two sweeps of a list.
 */
const times = { check: 500, mark: 5_000, atLeast: 1_000 }
/** Waiting connections per query. */
const batchSize = 500

/** A connection whose user waits to be let into a room. */
export type WaitingConnection = {
  room: Pick<RoomRow, 'num' | 'id'>
  user: UserRef
  connection_id: string
  /** Attaches it, as if it had just joined. */
  enter: (row: RoomRow) => Promise<void>
}

export type WaitingConnections = {
  /** From now on the connection is told whether its user was let in or refused. */
  add(waiting: WaitingConnection): void
  /** The connection does not wait any more. */
  remove(connection_id: string, room: number): Promise<void>
  /** Checks now which users waiting on this node for the room (null: for any) were let in or refused; never rejects. */
  check(room: number | null): Promise<void>
  /** Stores that these users still wait, so they stay listed for the full time again (rule W4). */
  seen(users: readonly WaitingUser[]): Promise<void>
  /** Sweeps the waiting lists of rooms. */
  job: JobHandler
  /** Stops checking; resolves when no work is in progress. */
  close(): Promise<void>
}

export type WaitingConnectionsDeps = {
  engine: Pick<RoomEngine, 'find' | 'member' | 'commit'>
  live: Pick<Live, 'emit' | 'owner'>
  store: Pick<RoomsStore, 'record' | 'recordsOf'>
  userRecords: Pick<UserRecordsStore, 'seen' | 'waitingFor'>
  clock: Clock
  timers: Timers
  onFailure: (error: unknown) => void
}

/**
 * The waiting connections of this node. It polls the records of their users, so any node may let them in (rule W3). The
 * time at which a waiting user was last seen is stored, so any node can remove users whom no node has seen for 30 s: they
 * waited over REST and stopped, or their node is gone (rule W4).
 */
export function createWaitingConnections(deps: WaitingConnectionsDeps): WaitingConnections {
  const { engine, live, store, userRecords, clock, timers } = deps
  /** By room and connection, so that a decision about one room checks only the users who wait for that room. */
  const byRoom = new Map<number, Map<string, WaitingConnection>>()
  let cancelCheck: (() => void) | null = null
  let marking: Promise<void> = Promise.resolve()
  let cancelMark: (() => void) | null = null
  let closed = false

  function checkLater(): void {
    if (byRoom.size > 0 && !closed) cancelCheck ??= timers.after(times.check, () => void checkAll())
  }

  const all = (): WaitingConnection[] => [...byRoom.values()].flatMap((ofRoom) => [...ofRoom.values()])

  function add(waiting: WaitingConnection): void {
    const { room, connection_id } = waiting
    const ofRoom = byRoom.get(room.num)
    if (ofRoom) ofRoom.set(connection_id, waiting)
    else byRoom.set(room.num, new Map([[connection_id, waiting]]))
    checkLater()
    markLater()
  }

  /** False: the connection was not waiting any more. */
  function drop({ room, connection_id }: WaitingConnection): boolean {
    const ofRoom = byRoom.get(room.num)
    const was = ofRoom?.delete(connection_id) ?? false
    if (ofRoom?.size === 0) byRoom.delete(room.num)
    return was
  }

  async function checkAll(): Promise<void> {
    await checkSome(all())
    cancelCheck = null
    checkLater()
  }

  async function checkSome(some: readonly WaitingConnection[]): Promise<void> {
    try {
      // Grouped by room, so that a query names few rooms.
      for (const batch of chunks(connected(some), batchSize)) await settleBatch(batch)
    } catch (error) {
      deps.onFailure(error)
    }
  }

  /** Drops closed connections; their users may come back with another one. */
  function connected(some: readonly WaitingConnection[]): WaitingConnection[] {
    return some.filter((waiting) => live.owner(waiting.connection_id) !== undefined || !drop(waiting))
  }

  async function settleBatch(batch: readonly WaitingConnection[]): Promise<void> {
    const rooms = new Set(batch.map(({ room }) => room.num))
    const users = new Set(batch.map(({ user }) => user.id))
    const listed = await store.recordsOf([...rooms], waitingRecord, [...users])
    const settled = batch.filter(({ room, user }) => !listed.has(`${room.num} ${user.id}`))
    await Promise.all(settled.map(settle))
  }

  /** The waiting record is gone: the user was let in or refused. */
  async function settle(waiting: WaitingConnection): Promise<void> {
    const { room, user } = waiting
    if (!drop(waiting)) return
    try {
      const row = await engine.find(room.id)
      const code = row ? await refusalOf(row, user) : 'not_found'
      if (row && code === null) enter(waiting, row)
      else deny(waiting, new AppError(code ?? 'not_found'))
    } catch (error) {
      failed(waiting, AppError.from(error))
    }
  }

  /**
   * Not awaited: attaching waits until the client has read what it was sent, and a slow consumer would delay all other
   * waiting users, and the answer to the moderator.
   */
  function enter(waiting: WaitingConnection, row: RoomRow): void {
    waiting.enter(row).catch((error: unknown) => failed(waiting, AppError.from(error)))
  }

  /** A temporary failure refuses no one: the connection is checked again with the others. */
  function failed(waiting: WaitingConnection, error: AppError): void {
    // Its user may come back with another connection.
    if (closed || live.owner(waiting.connection_id) === undefined) return
    if (error.retry === 'never') return deny(waiting, error)
    add(waiting)
    deps.onFailure(error)
  }

  async function refusalOf(row: RoomRow, user: UserRef): Promise<Failure | null> {
    if (row.closed_at !== null) return roomErrors.room_closed
    if (await engine.member(row.num, user.num)) return null
    return (await store.record(row.num, banRecord, user.id)) ? roomErrors.banned : entryErrors.denied
  }

  function deny({ room, connection_id }: WaitingConnection, { message, code }: AppError): void {
    live.emit(connection_id, 'join_denied', JSON.stringify({ room_id: room.id, error: message, code }))
  }

  /** Removes the user from the list, unless another of their connections on this node waits. */
  async function unlistIfLast({ room, user }: WaitingConnection): Promise<void> {
    const others = [...(byRoom.get(room.num)?.values() ?? [])]
    if (!others.some((other) => other.user.num === user.num)) await unlist(room.id, user.num, user.id)
  }

  async function unlist(room_id: string, actor: number, user_id: string): Promise<void> {
    const ops: Op[] = [{ op: 'remove', type: waitingRecord, key: user_id }]
    await engine
      .commit({ room_id, actor, action: 'rooms.detach', client_id: null, members_only: false, ops })
      .catch((error) => {
        if (!AppError.from(error).is(roomErrors.room_closed)) throw error
      })
  }

  const seen = (users: readonly WaitingUser[]) => userRecords.seen(users, clock.now())

  function markLater(): void {
    if (byRoom.size > 0 && !closed) cancelMark ??= timers.after(times.mark, () => void (marking = markAll()))
  }

  /** Stores that the users who wait on this node still do. */
  async function markAll(): Promise<void> {
    cancelMark = null
    await mark(all()).catch(deps.onFailure)
    markLater()
  }

  const mark = (some: readonly WaitingConnection[]) =>
    seen(connected(some).map(({ room, user }) => ({ room: room.num, user_id: user.id })))

  /**
   * Rule W4, for one room; again when the next user may be gone. Marks this node's waiting users as seen first: after a
   * long pause of the process they are overdue, but still here.
   */
  async function sweep(room_id: string): Promise<JobOutcome | undefined> {
    const room = await engine.find(room_id)
    if (!room || room.closed_at !== null) return undefined
    await mark([...(byRoom.get(room.num)?.values() ?? [])])
    const now = clock.now()
    const [gone, there] = splitBySeen(await userRecords.waitingFor(room.num), now - waitingGrace)
    await Promise.all(gone.map((user_id) => unlist(room_id, 0, user_id)))
    if (there === null) return undefined
    return again({ room_id }, Math.max(there + waitingGrace + 1 - now, times.atLeast))
  }

  return {
    check: (room) => checkSome(room === null ? all() : [...(byRoom.get(room)?.values() ?? [])]),
    seen,
    add,
    job: handle(sweepWaitingJob, ({ room_id }) => sweep(room_id)),
    async remove(connection_id, room) {
      const waiting = byRoom.get(room)?.get(connection_id)
      if (waiting && drop(waiting)) await unlistIfLast(waiting)
    },
    async close() {
      closed = true
      byRoom.clear()
      cancelCheck?.()
      cancelMark?.()
      await marking
    },
  }
}

/** Those last seen before `before`, and when the longest unseen of the others was seen; null: there are no others. */
function splitBySeen(
  users: readonly { user_id: string; seen_at: number }[],
  before: number,
): [gone: string[], there: number | null] {
  const gone = users.filter(({ seen_at }) => seen_at < before).map(({ user_id }) => user_id)
  const there = users.filter(({ seen_at }) => seen_at >= before).map(({ seen_at }) => seen_at)
  return [gone, there.length === 0 ? null : Math.min(...there)]
}
