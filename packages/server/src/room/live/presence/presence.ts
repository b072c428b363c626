import type { Timers } from '../../../core/clock.ts'
import type { Profile, UserRef } from '../../../core/caller.ts'
import type { Audience } from '../../../core/contract.ts'
import type { Said } from '../channel/ephemeral.ts'
import { RoomSlots, type SlotDeps, type SlotHolder } from './slots.ts'

/** Ms for which a user stays present without a connection (rule P1), and between counts (P2). */
export const presenceTimes = { grace: 10_000, count: 1_000 }
/** Above this number only counts are sent (rule P2). */
export const crowdSize = 100

export type PresenceHooks = {
  say: (said: Said) => void
  /** A user's first connection attached, or the last is gone and its grace is over; `user` is the num, and never 0. */
  onPresence: (user: number, present: boolean) => void
  /** The same for everyone, by id. */
  onUser: (user_id: string, present: boolean) => void
}

type Present = {
  num: number
  profile: Profile
  peers: Map<string, SlotHolder>
  slotBytes: number
  cancelGrace: (() => void) | null
}

/** Who asks who is present: the connection that is about to attach, and what it sees. */
export type PresenceReader = { joining?: { profile: Profile; peer_id: string } | undefined; sees: Sees }
type Sees = (audience: Audience) => boolean

/** Presence in one room on this node: users by their connections, each with the values of its slots. */
export class Presence {
  readonly #room_id: string
  readonly #timers: Timers
  readonly #say: PresenceHooks['say']
  readonly #slots: RoomSlots
  readonly #onPresence: PresenceHooks['onPresence']
  readonly #onUser: PresenceHooks['onUser']
  readonly #users = new Map<string, Present>()
  /** Ids of those present who are stored, by num. */
  readonly #ids = new Map<number, string>()
  #memberCount = { value: 0, seq: 0 }
  #cancelCount: (() => void) | null = null
  #countTold = false

  constructor(room_id: string, slots: SlotDeps, { say, onPresence, onUser }: PresenceHooks) {
    this.#room_id = room_id
    this.#timers = slots.timers
    this.#slots = new RoomSlots(room_id, slots, say)
    this.#say = say
    this.#onPresence = onPresence
    this.#onUser = onUser
  }

  /** How many users are present. */
  get size(): number {
    return this.#users.size
  }

  /** Sets the member count as read at `seq`. */
  setMemberCount(value: number, seq: number): void {
    if (seq >= this.#memberCount.seq) this.#memberCount = { value, seq }
  }

  /** The log has a membership event. */
  addMember(by: 1 | -1, seq: number): void {
    if (seq > this.#memberCount.seq) this.#memberCount = { value: this.#memberCount.value + by, seq }
  }

  /** A connection attached, or attached again and keeps its values. `subscription`: its own, which does not get its events back. */
  join(user: UserRef, profile: Profile, peer_id: string, subscription: object): void {
    const present = this.#users.get(user.id)
    if (present) {
      this.#know(present, user, profile)
      present.cancelGrace?.()
      present.cancelGrace = null
      if (!present.peers.has(peer_id)) present.peers.set(peer_id, this.#holder(present, peer_id, subscription))
      return
    }
    const come: Present = { num: user.num, profile, peers: new Map(), slotBytes: 0, cancelGrace: null }
    come.peers.set(peer_id, this.#holder(come, peer_id, subscription))
    this.#users.set(user.id, come)
    this.#onUser(user.id, true)
    if (user.num !== 0) this.#stored(user)
    if (this.isCrowd) {
      this.#countSoon()
      return
    }
    const payload = { room_id: this.#room_id, user: profile, member_count: this.#memberCount.value }
    this.#say({ event: 'user_joined', json: JSON.stringify(payload), except: subscription })
  }

  leave(user_id: string, peer_id: string, reason: 'left' | 'disconnected' | 'removed'): void {
    const present = this.#users.get(user_id)
    const peer = present?.peers.get(peer_id)
    if (!present || !peer) return
    this.#slots.clear(peer)
    present.peers.delete(peer_id)
    if (present.peers.size > 0) return
    if (reason !== 'disconnected') this.#gone(user_id, reason)
    else present.cancelGrace = this.#timers.after(presenceTimes.grace, () => this.#gone(user_id, reason))
  }

  #holder(user: Present, peer_id: string, subscription: object): SlotHolder {
    const who = JSON.stringify({ room_id: this.#room_id, peer_id, user_id: user.profile.id })
    return { peer_id, user, subscription, head: who.slice(0, -1), values: new Map() }
  }

  /** The user is not a member any more: presence ends without the grace. */
  remove(num: number, reason: 'left' | 'removed'): void {
    const user_id = this.#ids.get(num)
    const present = user_id === undefined ? undefined : this.#users.get(user_id)
    if (user_id === undefined || !present || present.peers.size > 0) return
    present.cancelGrace?.()
    this.#gone(user_id, reason)
  }

  /** The guest was named, or the profile changed. */
  rename(user: UserRef, profile: Profile): void {
    const present = this.#users.get(user.id)
    if (present) this.#know(present, user, profile)
  }

  /** A guest who was not stored gets a num now. */
  #know(present: Present, user: UserRef, profile: Profile): void {
    const isStored = present.num === 0 && user.num !== 0
    // Another connection of the same guest may not have the num yet.
    if (user.num !== 0) present.num = user.num
    present.profile = profile
    if (isStored) this.#stored(user)
  }

  #stored({ num, id }: UserRef): void {
    this.#ids.set(num, id)
    this.#onPresence(num, true)
  }

  /** The value of a slot as JSON text; null clears it (rules SL1 to SL5). */
  setSlot(user_id: string, peer_id: string, slot: string, text: string | null): void {
    const peer = this.#users.get(user_id)?.peers.get(peer_id)
    if (peer) this.#slots.set(peer, slot, text)
  }

  /** Also for users whom `entries` leaves out in a crowd. */
  has(user_id: string): boolean {
    return this.#users.has(user_id)
  }

  /** Whether more are present than are named (rule P2). */
  get isCrowd(): boolean {
    return this.#users.size > crowdSize
  }

  /**
   * As JSON text: the users who are named, with their connections and what the reader sees of their slots, and the one who is
   * about to join; in a crowd only they are named.
   */
  list({ joining, sees }: PresenceReader): string {
    const comes = joining && !this.#users.has(joining.profile.id)
    const isCrowd = this.#users.size + (comes ? 1 : 0) > crowdSize
    const entries = [...(isCrowd ? this.#only(joining?.profile.id) : this.#users)].map(([id, { profile, peers }]) => {
      const shown = [...peers.values()].map((peer) => peerText(peer.peer_id, this.#slots.shown(peer, sees)))
      if (id === joining?.profile.id && !peers.has(joining.peer_id)) shown.push(peerText(joining.peer_id, noValues))
      return entryText(profile, shown)
    })
    if (comes) entries.push(entryText(joining.profile, [peerText(joining.peer_id, noValues)]))
    return `[${entries.join(',')}]`
  }

  #only(user_id: string | undefined): [string, Present][] {
    const present = user_id === undefined ? undefined : this.#users.get(user_id)
    return user_id !== undefined && present ? [[user_id, present]] : []
  }

  close(): void {
    this.#cancelCount?.()
    const users = [...this.#users]
    this.#slots.close(users.flatMap(([, { peers }]) => [...peers.values()]))
    this.#users.clear()
    this.#ids.clear()
    for (const [user_id, { num, cancelGrace }] of users) {
      this.#onUser(user_id, false)
      cancelGrace?.()
      if (num !== 0) this.#onPresence(num, false)
    }
  }

  #gone(user_id: string, reason: 'left' | 'disconnected' | 'removed'): void {
    const present = this.#users.get(user_id)
    if (!present) return
    const many = this.#users.size > crowdSize
    this.#users.delete(user_id)
    this.#ids.delete(present.num)
    this.#onUser(user_id, false)
    if (present.num !== 0) this.#onPresence(present.num, false)
    if (many) {
      this.#countSoon()
      return
    }
    const payload = { room_id: this.#room_id, user: present.profile, member_count: this.#memberCount.value, reason }
    this.#say({ event: 'user_left', json: JSON.stringify(payload) })
  }

  /** At once, then at most once a second (rule P2). */
  #countSoon(): void {
    if (this.#cancelCount) {
      this.#countTold = false
      return
    }
    const payload = { room_id: this.#room_id, count: this.#users.size, member_count: this.#memberCount.value }
    this.#say({ event: 'presence_count', json: JSON.stringify(payload), key: 'count' })
    this.#countTold = true
    this.#cancelCount = this.#timers.after(presenceTimes.count, () => {
      this.#cancelCount = null
      if (!this.#countTold) this.#countSoon()
    })
  }
}

const noValues = '"state":null,"slots":{}'
const peerText = (peer_id: string, values: string): string => `{"peer_id":${JSON.stringify(peer_id)},${values}}`
const entryText = (user: Profile, peers: readonly string[]): string =>
  `{"user":${JSON.stringify(user)},"peers":[${peers.join(',')}]}`
