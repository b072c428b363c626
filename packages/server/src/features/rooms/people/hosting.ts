import type { Clock, Timers } from '../../../core/clock.ts'
import type { RoomFacts } from '../../../core/contract.ts'
import { AppError, type Failure } from '../../../core/error.ts'
import {
  elsewhere,
  handle,
  type JobHandler,
  type JobOutcome,
  type JobRun,
  type Jobs,
  newJob,
} from '../../../platform/jobs/jobs.ts'
import type { Op, RoomEngine } from '../../../room/types.ts'
import type { Catalog } from '../profile/catalog.ts'
import { replaceHostJob } from '../jobs.ts'
import { lobbyId } from '../state.ts'
import type { RoomsStore } from '../store.ts'
import { chunks } from '../waiting/user-records-store.ts'
import { succession, type SuccessionDeps, successor } from './succession.ts'
import { roomErrors } from '../../../room/errors.ts'

/**
 * Ms. `away`: how long a host may be absent. `look`: between two times that a node writes which hosts are present on it, and
 * sets timers for those that are nowhere. `seen`: a host who was seen within that time may be on another node. `slack`: by how
 * much the nodes' clocks may differ.
 */
const hostingTimes = { away: 30_000, look: 10_000, seen: 15_000, slack: 1_000 }
/** Timers that are set at once. */
const timersAtOnce = 50

/** Refusals after which there is nothing to do for now. */
const over: readonly Failure[] = ['conflict', roomErrors.room_closed, 'not_found']
const expected: readonly Failure[] = [...over, 'room_busy', 'shutting_down']

/** A room with users present on this node, in the order of their arrival; `since`: when the first of them came, in ms since 1970. */
type Room = { num: number; id: string; host: number; present: Set<number>; since: number }

export type Hosting = {
  /** A user became present on this node, or is not present any more (rule P4 of the engine). */
  onPresence(room: RoomFacts, user: number, present: boolean): void
  /** A room with users present on this node was changed. */
  onUpdate(room: RoomFacts): void
  /** Replaces hosts who have been absent. */
  job: JobHandler
  close(): void
}

export type HostingDeps = SuccessionDeps & {
  engine: Pick<RoomEngine, 'member' | 'membersAmong'>
  catalog: Pick<Catalog, 'commit' | 'current'>
  store: Pick<RoomsStore, 'hostsSeen' | 'hostsSeenAt'>
  jobs: Pick<Jobs, 'schedule'>
  clock: Clock
  timers: Timers
  onFailure: (error: unknown) => void
}

/**
 * Replaces absent hosts (rules HO1 to HO6). Each node knows the rooms with users present on it, and a table shows when hosts
 * were last seen anywhere. A host who is missed gets a timer of the room, which any node may run that has users in the room.
 */
export function createHosting(deps: HostingDeps): Hosting {
  const { engine, catalog, store, jobs, clock, timers } = deps
  const rooms = new Map<number, Room>()
  /** Rooms whose hosts are to be written as seen. */
  const seen = new Set<number>()
  let cancelLook: (() => void) | null = null
  let isWriting = false
  let isSetting = false
  let isClosed = false

  const quietly = (work: Promise<void>) =>
    void work.catch((error) => {
      const refused = AppError.from(error)
      // Another node was faster, the room is closed, or this node is stopping.
      if (!isClosed && !expected.some((failure) => refused.is(failure))) deps.onFailure(error)
    })

  const isMissed = ({ num, host, present }: Room): boolean => rooms.has(num) && !present.has(host)

  function lookLater(): void {
    cancelLook ??= timers.after(hostingTimes.look, () => {
      cancelLook = null
      if (rooms.size === 0) return
      write([...rooms.values()].filter(({ host, present }) => present.has(host)).map(({ num }) => num))
      quietly(setTimers())
      lookLater()
    })
  }

  /** Writes that the hosts of these rooms are present: one statement at a time, however many come. */
  function write(nums: readonly number[]): void {
    for (const num of nums) seen.add(num)
    if (isWriting || seen.size === 0) return
    isWriting = true
    quietly(
      writeSeen().finally(() => {
        isWriting = false
      }),
    )
  }

  async function writeSeen(): Promise<void> {
    while (seen.size > 0 && !isClosed) {
      const nums = [...seen]
      seen.clear()
      await store.hostsSeen(nums, clock.now())
    }
  }

  /** Sets the timers of rooms whose hosts are on no node. One that is set already stays. */
  async function setTimers(): Promise<void> {
    if (isSetting) return
    isSetting = true
    try {
      const missed = [...rooms.values()].filter(isMissed)
      const seenAt = await store.hostsSeenAt(missed.map(({ num }) => num))
      const before = clock.now() - hostingTimes.seen
      const absent = missed.filter(({ num }) => (seenAt.get(num) ?? 0) < before)
      for (const some of chunks(absent, timersAtOnce))
        await Promise.all(some.map((room) => setTimer(room, Math.max(room.since, seenAt.get(room.num) ?? 0))))
    } finally {
      isSetting = false
    }
  }

  /** `from`: since when the host is absent. */
  async function setTimer({ num }: Room, from: number): Promise<void> {
    const at = from + hostingTimes.away
    await jobs.schedule(newJob(replaceHostJob, { at }), { room: num, key: 'host', at, keep: true })
  }

  /**
   * Reads who hosts the room now. A present owner takes it back, a present co-host takes over from a stand-in who is not a
   * co-host, and an absent host is waited for. `among`: the users to check for being that co-host, only a few at a time.
   */
  async function look(room: Room, among: readonly number[]): Promise<void> {
    const { profile } = (await catalog.current(room.id)).room
    const { host, owner, host_rights } = profile
    room.host = host
    if (room.present.has(owner) && owner !== host) await giveBack(room)
    else if ((host_rights === 'order' || host_rights === 'controls') && (await hasCohost(room, among)))
      await handOver(room, [])
  }

  const hasCohost = async ({ num }: Room, among: readonly number[]): Promise<boolean> =>
    among.length > 0 && (await engine.membersAmong(num, among)).some(({ role }) => role === 'cohost')

  /**
   * The timer of a room (rules HO1, HO3). What speaks against a new host ends it: whoever misses the host sets it again. Users
   * who came after it was due have not waited for the host yet.
   */
  async function replace(at: number, num: number, run: JobRun): Promise<JobOutcome | void> {
    const room = rooms.get(num)
    if (!room) return elsewhere
    await look(room, [])
    if (!isMissed(room) || room.since > at) return
    const seenAt = (await store.hostsSeenAt([num])).get(num) ?? 0
    if (clock.now() + hostingTimes.slack - seenAt < hostingTimes.away) return
    await handOver(room, [{ op: 'settle', run }])
  }

  /** Rule HO1. */
  async function handOver(room: Room, also: readonly Op[]): Promise<void> {
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
      const planned = await succession(known, { next, before, own: owner === 0 }, deps)
      return { ...planned, ops: [...planned.ops, ...also] }
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
    const room = rooms.get(facts.num) ?? {
      ...{ num: facts.num, id: facts.id, host: 0, present: new Set(), since: clock.now() },
    }
    rooms.set(facts.num, room)
    room.present.add(user)
    lookLater()
    quietly(arrived(room, user))
  }

  async function arrived(room: Room, user: number): Promise<void> {
    await look(room, [user])
    // At once, so that no other node takes this host for absent.
    if (user === room.host) write([room.num])
  }

  function went(room: Room, user: number): void {
    room.present.delete(user)
    if (room.present.size === 0) rooms.delete(room.num)
    if (user === room.host) quietly(left(room))
  }

  /** The host has left this node. */
  async function left(room: Room): Promise<void> {
    const now = clock.now()
    await store.hostsSeen([room.num], now)
    if (isMissed(room)) await setTimer(room, now)
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
    job: handle(replaceHostJob, async ({ at }, { room, run }) => {
      try {
        return await replace(at, room, run)
      } catch (error) {
        // The room has changed meanwhile, or is closed: whoever still misses the host sets the timer again.
        const refused = AppError.from(error)
        if (!over.some((failure) => refused.is(failure))) throw error
        return undefined
      }
    }),
    close() {
      isClosed = true
      cancelLook?.()
      rooms.clear()
    },
  }
}
