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
 * Ms. `look`: how often a node checks whether its waiting users were let in. `sweep`: how often it stores which users wait
 * on it, and removes from the lists users whom no node has seen. `grace`: how long a user stays listed without being seen.
 */
const times = { look: 500, sweep: 5_000, grace: 30_000 }
/** Waiting connections per query, and unseen users per sweep. */
const askedAtOnce = 500

/** A connection whose user waits to be let into a room. */
export type Waiter = {
  room: Pick<RoomRow, 'num' | 'id'>
  user: UserRef
  connection_id: string
  /** Attaches it, as if it had just joined. */
  enter: (row: RoomRow) => Promise<void>
}

export type Waiters = {
  /** From now on the connection is told whether its user was let in or refused. */
  await(waiter: Waiter): void
  /** The connection does not wait any more. */
  stop(connection_id: string, room: number): Promise<void>
  /** Checks now which users waiting on this node for the room (null: for any) were let in or refused; never rejects. */
  look(room: number | null): Promise<void>
  /** Stores that these users still wait, so they stay listed for the full time again (rule W4). */
  seen(waiting: readonly Waiting[]): Promise<void>
  /** Resolves when no work is under way any more. */
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
 * The waiting connections of this node. It polls the records of their users, so any node may let them in (rule W3). The
 * time at which a waiting user was last seen is stored, so any node can remove users whom no node has seen for 30 s: they
 * waited over REST and stopped, or their node is gone (rule W4).
 */
export function createWaiters(deps: WaitersDeps): Waiters {
  const { engine, live, store, outsiders, clock, timers } = deps
  /** By room and connection, so that a decision in one room checks only the users who wait for it. */
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

  /** False: the connection was not waiting any more. */
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
      // Waiters are grouped by room, so a query names few rooms.
      for (const asked of chunks(staying(some), askedAtOnce)) await settleSome(asked)
    } catch (error) {
      deps.onFailure(error)
    }
  }

  /** Drops waiters whose connection has closed; their users may come back with another. */
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

  /** The waiting record is gone: the user was let in or refused. */
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
   * Not awaited: attaching waits until the client has read what it was sent, and a slow consumer would delay all other
   * waiters, and the answer to the moderator.
   */
  function enter(waiter: Waiter, row: RoomRow): void {
    waiter.enter(row).catch((error: unknown) => failed(waiter, AppError.from(error)))
  }

  /** A temporary failure refuses nobody: the waiter is checked again with the others. */
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

  /** Removes the user from the list, unless another of their connections on this node waits. */
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

  /** Marks this node's waiting users as seen first: after a long pause of the process they are overdue, but still here. */
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
