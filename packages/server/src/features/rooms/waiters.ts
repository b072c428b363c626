import type { UserRef } from '../../core/caller.ts'
import type { Timers } from '../../core/clock.ts'
import { AppError, errorBody, type ErrorCode } from '../../core/error.ts'
import type { Live } from '../../room/live.ts'
import type { Op, RoomEngine, RoomRow } from '../../room/types.ts'
import { banRecord, waitingRecord } from './contract-events.ts'
import type { RoomsStore } from './store.ts'

/** Ms: how often it is looked whether those who wait here were let in; how long a connection may be gone. */
export const waitingTimes = { look: 500, grace: 30_000 }
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
  close(): void
}

export type WaitersDeps = {
  engine: Pick<RoomEngine, 'find' | 'member' | 'commit'>
  live: Pick<Live, 'emit' | 'owner'>
  store: Pick<RoomsStore, 'record' | 'recordsOf'>
  timers: Timers
  onFailure: (error: unknown) => void
}

/**
 * The connections of this node that wait. It looks what became of their users' records, so it does not matter which node
 * let them in (rule W3).
 */
export function createWaiters(deps: WaitersDeps): Waiters {
  const { engine, live, store, timers } = deps
  const waiters = new Map<string, Waiter>()
  const keyOf = (connection_id: string, room: number) => `${connection_id} ${room}`
  let cancelLook: (() => void) | null = null
  const cancelGraces = new Set<() => void>()

  function lookSoon(): void {
    if (waiters.size > 0) cancelLook ??= timers.after(waitingTimes.look, () => void lookAgain())
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
    for (const waiter of waiters.values()) if (!live.owner(waiter.connection_id)) isGone(waiter)
    const asked = [...waiters.values()]
    if (asked.length === 0) return
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
      if (row && code === null) await waiter.enter(row)
      else deny(waiter, code ?? 'not_found')
    } catch (error) {
      deny(waiter, AppError.from(error).code)
    }
  }

  async function refusalOf(row: RoomRow, user: UserRef): Promise<ErrorCode | null> {
    if (row.closed_at !== null) return 'room_closed'
    if (await engine.member(row.num, user.num)) return null
    return (await store.record(row.num, banRecord.name, user.id)) ? 'banned' : 'denied'
  }

  function deny({ room, connection_id }: Waiter, code: ErrorCode): void {
    const { error } = errorBody(new AppError(code))
    live.emit(connection_id, 'join_denied', JSON.stringify({ room_id: room.id, error, code }))
  }

  /** The connection closed; its user may come back with another one. */
  function isGone(waiter: Waiter): void {
    waiters.delete(keyOf(waiter.connection_id, waiter.room.num))
    const cancel = timers.after(waitingTimes.grace, () => {
      cancelGraces.delete(cancel)
      void forget(waiter).catch(deps.onFailure)
    })
    cancelGraces.add(cancel)
  }

  /** Nobody waits for this user here any more: moderators need not see them. */
  async function forget({ room, user }: Waiter): Promise<void> {
    const isElse = (other: Waiter) => other.room.num === room.num && other.user.num === user.num
    if ([...waiters.values()].some(isElse)) return
    const ops: Op[] = [{ op: 'remove', type: waitingRecord, key: user.id }]
    const call = { room_id: room.id, actor: user.num, action: 'rooms.detach', client_id: null, members_only: false }
    await engine.commit({ ...call, ops }).catch((error) => {
      if (AppError.from(error).code !== 'room_closed') throw error
    })
  }

  return {
    look,
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
    close() {
      waiters.clear()
      cancelLook?.()
      for (const cancel of cancelGraces) cancel()
    },
  }
}
