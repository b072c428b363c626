import type { UserRef } from '../../../core/caller.ts'
import type { Clock, Timers } from '../../../core/clock.ts'
import { AppError, type Failure } from '../../../core/error.ts'
import type { Live } from '../../../room/live/live.ts'
import type { Op, RoomEngine, RoomRow } from '../../../room/types.ts'
import { banRecord, waitingRecord } from '../contract-events.ts'
import { chunks, type OutsidersStore, type Waiting } from './outsiders-store.ts'
import type { RoomsStore } from '../store.ts'
import { entryErrors } from '../errors.ts'
import { roomErrors } from '../../../room/errors.ts'

/**
 * Ms: how often it is looked whether those who wait here were let in; how often it is said who waits here, and who waits
 * nowhere is taken off the lists; how long one is on them without being seen.
 */
const times = { look: 500, sweep: 5_000, grace: 30_000 }
/** Waiting connections that one question names, and those unseen that one answer does. */
const askedAtOnce = 500

/** A connection whose user waits to be let into a room. */
export type Waiter = {
  room: Pick<RoomRow, 'num' | 'id'>
  user: UserRef
  connection_id: string
  /** Attaches it, as if it had joined just now. */
  enter: (row: RoomRow) => Promise<void>
}

export type Waiters = {
  /** From now on the connection is told what becomes of its user. */
  await(waiter: Waiter): void
  /** The connection does not wait any more. */
  stop(connection_id: string, room: number): Promise<void>
  /** Looks now what became of those who wait here for this room, or (null) for any; never rejects. */
  look(room: number | null): Promise<void>
  /** They wait still: they are on the lists for as long as who comes now (rule W4). */
  seen(waiting: readonly Waiting[]): Promise<void>
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>
}

export type WaitersDeps = {
  engine: Pick<RoomEngine, 'find' | 'member' | 'commit'>
  live: Pick<Live, 'emit' | 'owner'>
  store: Pick<RoomsStore, 'record' | 'recordsOf'>
  outsiders: Pick<OutsidersStore, 'seen' | 'unseenSince'>
  clock: Clock
  timers: Timers
  onFailure: (error: unknown) => void
}

/**
 * The connections of this node that wait. It looks what became of their users' records, so it does not matter which node
 * let them in (rule W3). When somebody who waits was last seen is stored: any node takes those off the lists whom none
 * has seen, be it that they asked over REST or that their node is gone (rule W4).
 */
export function createWaiters(deps: WaitersDeps): Waiters {
  const { engine, live, store, outsiders, clock, timers } = deps
  /** By room and connection, so that what is decided in one room looks at nobody else who waits. */
  const waiters = new Map<number, Map<string, Waiter>>()
  let cancelLook: (() => void) | null = null
  let sweeping: Promise<void> = Promise.resolve()
  let cancelSweep = sweepLater()
  let closed = false

  function lookSoon(): void {
    if (waiters.size > 0 && !closed) cancelLook ??= timers.after(times.look, () => void lookAgain())
  }

  const all = (): Waiter[] => [...waiters.values()].flatMap((ofRoom) => [...ofRoom.values()])

  function add(waiter: Waiter): void {
    const { room, connection_id } = waiter
    const ofRoom = waiters.get(room.num)
    if (ofRoom) ofRoom.set(connection_id, waiter)
    else waiters.set(room.num, new Map([[connection_id, waiter]]))
    lookSoon()
  }

  /** False: it does not wait any more. */
  function remove({ room, connection_id }: Waiter): boolean {
    const ofRoom = waiters.get(room.num)
    const was = ofRoom?.delete(connection_id) ?? false
    if (ofRoom?.size === 0) waiters.delete(room.num)
    return was
  }

  async function lookAgain(): Promise<void> {
    await look(all())
    cancelLook = null
    lookSoon()
  }

  async function look(some: readonly Waiter[]): Promise<void> {
    try {
      // Those of one room stand together, so that a question names few rooms.
      for (const asked of chunks(staying(some), askedAtOnce)) await settleSome(asked)
    } catch (error) {
      deps.onFailure(error)
    }
  }

  /** Without those whose connections closed; their users may come back with others. */
  function staying(some: readonly Waiter[]): Waiter[] {
    return some.filter((waiter) => live.owner(waiter.connection_id) !== undefined || !remove(waiter))
  }

  async function settleSome(asked: readonly Waiter[]): Promise<void> {
    const rooms = new Set(asked.map(({ room }) => room.num))
    const users = new Set(asked.map(({ user }) => user.id))
    const there = await store.recordsOf([...rooms], waitingRecord.name, [...users])
    const settled = asked.filter(({ room, user }) => !there.has(`${room.num} ${user.id}`))
    await Promise.all(settled.map(settle))
  }

  /** The record is gone: they are a member by now, or will be none. */
  async function settle(waiter: Waiter): Promise<void> {
    const { room, user } = waiter
    if (!remove(waiter)) return
    try {
      const row = await engine.find(room.id)
      const code = row ? await refusalOf(row, user) : 'not_found'
      if (row && code === null) enter(waiter, row)
      else deny(waiter, new AppError(code ?? 'not_found'))
    } catch (error) {
      failed(waiter, AppError.from(error))
    }
  }

  /**
   * Not waited for: nothing is read for a client before it has taken what it was sent, and one that never does would keep
   * all others from being looked at, and who let it in from being answered.
   */
  function enter(waiter: Waiter, row: RoomRow): void {
    waiter.enter(row).catch((error: unknown) => failed(waiter, AppError.from(error)))
  }

  /** What may pass denies nobody: they are looked at again with the rest. */
  function failed(waiter: Waiter, error: AppError): void {
    if (closed) return
    if (error.retry === 'never') return deny(waiter, error)
    add(waiter)
    deps.onFailure(error)
  }

  async function refusalOf(row: RoomRow, user: UserRef): Promise<Failure | null> {
    if (row.closed_at !== null) return roomErrors.room_closed
    if (await engine.member(row.num, user.num)) return null
    return (await store.record(row.num, banRecord.name, user.id)) ? roomErrors.banned : entryErrors.denied
  }

  function deny({ room, connection_id }: Waiter, { message, code }: AppError): void {
    live.emit(connection_id, 'join_denied', JSON.stringify({ room_id: room.id, error: message, code }))
  }

  /** Nobody waits for this user here any more: moderators need not see them. */
  async function forget({ room, user }: Waiter): Promise<void> {
    const others = [...(waiters.get(room.num)?.values() ?? [])]
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

  const seen = (waiting: readonly Waiting[]) => outsiders.seen(waiting, clock.now())

  function sweepLater(): () => void {
    return timers.after(times.sweep, () => {
      sweeping = sweepNow()
    })
  }

  async function sweepNow(): Promise<void> {
    await sweep().catch(deps.onFailure)
    if (!closed) cancelSweep = sweepLater()
  }

  /** Who waits here is seen first: after a long halt of the process they are late, and here all the same. */
  async function sweep(): Promise<void> {
    await seen(staying(all()).map(({ room, user }) => ({ room: room.num, user_id: user.id })))
    const gone = await outsiders.unseenSince(clock.now() - times.grace, askedAtOnce)
    await Promise.all(gone.map(({ room_id, user_id }) => unlist(room_id, 0, user_id)))
  }

  return {
    look: (room) => look(room === null ? all() : [...(waiters.get(room)?.values() ?? [])]),
    seen,
    await: add,
    async stop(connection_id, room) {
      const waiter = waiters.get(room)?.get(connection_id)
      if (waiter && remove(waiter)) await forget(waiter)
    },
    async close() {
      closed = true
      waiters.clear()
      cancelLook?.()
      cancelSweep()
      await sweeping
    },
  }
}
