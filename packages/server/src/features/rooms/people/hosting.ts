import type { Clock, Timers } from '../../../core/clock.ts'
import type { RoomFacts } from '../../../core/contract.ts'
import { AppError, type Failure } from '../../../core/error.ts'
import type { RoomEngine } from '../../../room/types.ts'
import type { Catalog } from '../catalog.ts'
import { lobbyId } from '../state.ts'
import type { RoomsStore } from '../store.ts'
import { succession, type SuccessionDeps, successor } from './succession.ts'
import { roomErrors } from '../../../room/errors.ts'

/** Ms: how long a host may be absent, and how often a node writes that a host is present on it. */
export const hostingTimes = { away: 30_000, seen: 10_000 }

const expected: readonly Failure[] = ['conflict', 'room_busy', roomErrors.room_closed, 'not_found', 'shutting_down']

/** A room with users present on this node, in the order of their arrival; `cancel` is set while its host is absent. */
type Room = { num: number; id: string; host: number; present: Set<number>; cancel: (() => void) | null }

export type Hosting = {
  /** A user became present on this node, or is not present any more (rule P4 of the engine). */
  onPresence(room: RoomFacts, user: number, present: boolean): void
  /** A room with users present on this node was changed. */
  onUpdate(room: RoomFacts): void
  close(): void
}

export type HostingDeps = SuccessionDeps & {
  engine: Pick<RoomEngine, 'member' | 'membersAmong'>
  catalog: Pick<Catalog, 'commit' | 'current'>
  store: Pick<RoomsStore, 'hostSeen' | 'hostsSeen'>
  clock: Clock
  timers: Timers
  onFailure: (error: unknown) => void
}

/**
 * Replaces absent hosts (rules HO1 to HO6). Each node watches the rooms with users present on it; a table shows hosts on
 * other nodes. Several nodes may propose a stand-in: the conditions of the commit accept one.
 */
export function createHosting(deps: HostingDeps): Hosting {
  const { engine, catalog, store, clock, timers } = deps
  const rooms = new Map<number, Room>()
  let cancelSeen: (() => void) | null = null
  let saying: Promise<void> | null = null
  let isDue = false
  let isClosed = false

  const quietly = (work: Promise<void>) =>
    void work.catch((error) => {
      const refused = AppError.from(error)
      // Another node was faster, the room is closed, or this node is stopping.
      if (!isClosed && !expected.some((failure) => refused.is(failure))) deps.onFailure(error)
    })

  const hosted = (): number[] =>
    [...rooms.values()].filter(({ host, present }) => present.has(host)).map(({ num }) => num)

  function sayHosts(): void {
    cancelSeen ??= timers.after(hostingTimes.seen, () => {
      cancelSeen = null
      if (rooms.size === 0) return
      say()
      sayHosts()
    })
  }

  /** One write at a time: while the database is slow, the next write covers the state at that time. */
  function say(): void {
    isDue = saying !== null
    if (isDue) return
    saying = store.hostsSeen(hosted(), clock.now()).finally(() => {
      saying = null
      if (isDue && !isClosed) say()
    })
    quietly(saying)
  }

  /**
   * Reads who hosts the room now. A present owner takes it back, a present co-host takes over from a stand-in who is not a
   * co-host, and an absent host is waited for. `among`: the users to check for being that co-host, only a few at a time.
   */
  async function look(room: Room, among: readonly number[]): Promise<void> {
    try {
      const { profile } = (await catalog.current(room.id)).room
      const { host, owner, host_rights } = profile
      room.host = host
      if (room.present.has(owner) && owner !== host) await giveBack(room)
      else if ((host_rights === 'order' || host_rights === 'controls') && (await hasCohost(room, among)))
        await handOver(room)
    } finally {
      // Also when the database is unreachable: an absent host is then checked again later.
      watch(room)
    }
  }

  const hasCohost = async ({ num }: Room, among: readonly number[]): Promise<boolean> =>
    among.length > 0 && (await engine.membersAmong(num, among)).some(({ role }) => role === 'cohost')

  function watch(room: Room): void {
    const isMissed = rooms.has(room.num) && room.present.size > 0 && !room.present.has(room.host)
    if (!isMissed) {
      room.cancel?.()
      room.cancel = null
    } else room.cancel ??= timers.after(hostingTimes.away, () => quietly(missed(room)))
  }

  /** The host was absent from this node for 30 s: checks whether it is absent from all nodes. */
  async function missed(room: Room): Promise<void> {
    room.cancel = null
    try {
      const away = clock.now() - (await store.hostSeen(room.num))
      if (away >= hostingTimes.away && room.present.size > 0) await handOver(room)
    } finally {
      await look(room, [])
    }
  }

  /** Rule HO1. */
  async function handOver(room: Room): Promise<void> {
    const present = [...room.present]
    await catalog.commit(room.id, null, async (known) => {
      const { host, owner } = known.profile
      if (host !== room.host) throw new AppError('conflict')
      const members = await engine.membersAmong(known.num, present)
      // Co-hosts in the order of joining, the others in the order of their arrival.
      const waited = members.toSorted((one, other) => present.indexOf(one.user) - present.indexOf(other.user))
      const next = successor([...members.filter(({ role }) => role === 'cohost'), ...waited])
      if (!next) throw new AppError('conflict')
      const before = await engine.member(known.num, host)
      return succession(known, { next, before, own: owner === 0 }, deps)
    })
    await store.hostsSeen([room.num], clock.now())
  }

  /** Rule HO2. */
  async function giveBack(room: Room): Promise<void> {
    await catalog.commit(room.id, null, async (known) => {
      const { host, owner } = known.profile
      const [next, before] = [await engine.member(known.num, owner), await engine.member(known.num, host)]
      if (!next || host === owner) throw new AppError('conflict')
      return succession(known, { next, before, own: false }, deps)
    })
    await store.hostsSeen([room.num], clock.now())
  }

  function came(facts: RoomFacts, user: number): void {
    const room = rooms.get(facts.num) ?? { num: facts.num, id: facts.id, host: 0, present: new Set(), cancel: null }
    rooms.set(facts.num, room)
    room.present.add(user)
    sayHosts()
    quietly(look(room, [user]))
  }

  function went(room: Room, user: number): void {
    room.present.delete(user)
    if (user === room.host) quietly(store.hostsSeen([room.num], clock.now()))
    if (room.present.size === 0) {
      rooms.delete(room.num)
      room.cancel?.()
    } else watch(room)
  }

  return {
    onPresence(facts, user, present) {
      if (facts.id === lobbyId) return
      const room = rooms.get(facts.num)
      if (present) came(facts, user)
      else if (room) went(room, user)
    },
    onUpdate({ num }) {
      const room = rooms.get(num)
      if (room) quietly(look(room, [...room.present]))
    },
    close() {
      isClosed = true
      cancelSeen?.()
      for (const { cancel } of rooms.values()) cancel?.()
      rooms.clear()
    },
  }
}
