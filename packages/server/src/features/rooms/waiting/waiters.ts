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
  /** Looks now what became of them; never rejects. */
  look(): Promise<void>
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
  const waiters = new Map<string, Waiter>()
  const keyOf = (connection_id: string, room: number) => `${connection_id} ${room}`
  let cancelLook: (() => void) | null = null
  let sweeping: Promise<void> = Promise.resolve()
  let cancelSweep = sweepLater()
  let closed = false

  function lookSoon(): void {
    if (waiters.size > 0 && !closed) cancelLook ??= timers.after(times.look, () => void lookAgain())
  }

  async function lookAgain(): Promise<void> {
    await look()
    cancelLook = null
    lookSoon()
  }

  async function look(): Promise<void> {
    try {
      await settleAll()
    } catch (error) {
      deps.onFailure(error)
    }
  }

  async function settleAll(): Promise<void> {
    forgetGone()
    // In the order of rooms, so that a question names few.
    const all = [...waiters.values()].toSorted((one, other) => one.room.num - other.room.num)
    for (const asked of chunks(all, askedAtOnce)) await settleSome(asked)
  }

  /** Connections that closed; their users may come back with others. */
  function forgetGone(): void {
    for (const [key, { connection_id }] of waiters) if (!live.owner(connection_id)) waiters.delete(key)
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
    const { room, user, connection_id } = waiter
    if (!waiters.delete(keyOf(connection_id, room.num))) return
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
    waiters.set(keyOf(waiter.connection_id, waiter.room.num), waiter)
    deps.onFailure(error)
    lookSoon()
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
    const isElse = (other: Waiter) => other.room.num === room.num && other.user.num === user.num
    if (![...waiters.values()].some(isElse)) await unlist(room.id, user.num, user.id)
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
    forgetGone()
    await seen([...waiters.values()].map(({ room, user }) => ({ room: room.num, user_id: user.id })))
    const gone = await outsiders.unseenSince(clock.now() - times.grace, askedAtOnce)
    await Promise.all(gone.map(({ room_id, user_id }) => unlist(room_id, 0, user_id)))
  }

  return {
    look,
    seen,
    await(waiter) {
      waiters.set(keyOf(waiter.connection_id, waiter.room.num), waiter)
      lookSoon()
    },
    async stop(connection_id, room) {
      const key = keyOf(connection_id, room)
      const waiter = waiters.get(key)
      waiters.delete(key)
      if (waiter) await forget(waiter)
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
