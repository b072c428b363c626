import type { Timers } from '../../core/clock.ts'
import type { Profile, UserRef } from '../../core/caller.ts'

/** Ms for which a user stays present without a connection (rule P1), until typing lapses (P3), and between counts (P2). */
export const presenceTimes = { grace: 10_000, typing: 6_000, count: 1_000 }
/** Above this number only counts are sent (rule P2). */
export const crowdSize = 100

export type PresenceEntry = { user: Profile; peers: readonly { peer_id: string; state: object | null }[] }

export type PresenceHooks = {
  say: SendPresence
  /** A user's first connection attached, or the last is gone and its grace is over; `user` is the num, and never 0. */
  onPresence: (user: number, present: boolean) => void
  /** The same for everyone, by id. */
  onUser: (user_id: string, present: boolean) => void
}

export type SendPresence = (event: string, payload: object, key?: string | null, except?: object | null) => void

type Peer = { state: object | null; stopTyping: (() => void) | null; subscription: object }
type Present = { num: number; profile: Profile; peers: Map<string, Peer>; cancelGrace: (() => void) | null }

/** Presence in one room on this node: users by their connections, each with its state, and who is typing. */
export class Presence {
  readonly #room_id: string
  readonly #timers: Timers
  readonly #say: SendPresence
  readonly #onPresence: PresenceHooks['onPresence']
  readonly #onUser: PresenceHooks['onUser']
  readonly #users = new Map<string, Present>()
  /** Ids of those present who are stored, by num. */
  readonly #ids = new Map<number, string>()
  #memberCount = { value: 0, seq: 0 }
  #cancelCount: (() => void) | null = null
  #countTold = false

  constructor(room_id: string, timers: Timers, { say, onPresence, onUser }: PresenceHooks) {
    this.#room_id = room_id
    this.#timers = timers
    this.#say = say
    this.#onPresence = onPresence
    this.#onUser = onUser
  }

  /** Sets the member count as read at `seq`. */
  setMemberCount(value: number, seq: number): void {
    if (seq >= this.#memberCount.seq) this.#memberCount = { value, seq }
  }

  /** The log has a membership event. */
  addMember(by: 1 | -1, seq: number): void {
    if (seq > this.#memberCount.seq) this.#memberCount = { value: this.#memberCount.value + by, seq }
  }

  /** A connection attached, or attached again and keeps its state. `subscription`: its own, which does not get its events back. */
  join(user: UserRef, profile: Profile, peer_id: string, subscription: object): void {
    const peer: Peer = { state: null, stopTyping: null, subscription }
    const present = this.#users.get(user.id)
    if (present) {
      this.#know(present, user, profile)
      present.cancelGrace?.()
      present.cancelGrace = null
      if (!present.peers.has(peer_id)) present.peers.set(peer_id, peer)
      return
    }
    this.#users.set(user.id, { num: user.num, profile, peers: new Map([[peer_id, peer]]), cancelGrace: null })
    this.#onUser(user.id, true)
    if (user.num !== 0) this.#stored(user)
    if (this.isCrowd) {
      this.#countSoon()
      return
    }
    const payload = { room_id: this.#room_id, user: profile, member_count: this.#memberCount.value }
    this.#say('user_joined', payload, null, subscription)
  }

  leave(user_id: string, peer_id: string, reason: 'left' | 'disconnected' | 'removed'): void {
    const present = this.#users.get(user_id)
    const peer = present?.peers.get(peer_id)
    if (!present || !peer) return
    if (peer.stopTyping) this.#typing(present, peer_id, peer, false)
    if (peer.state) this.#stateChanged(user_id, peer_id, peer, null)
    present.peers.delete(peer_id)
    if (present.peers.size > 0) return
    if (reason !== 'disconnected') this.#gone(user_id, reason)
    else present.cancelGrace = this.#timers.after(presenceTimes.grace, () => this.#gone(user_id, reason))
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

  setState(user_id: string, peer_id: string, state: object | null): void {
    const peer = this.#users.get(user_id)?.peers.get(peer_id)
    if (peer && (peer.state !== null || state !== null)) this.#stateChanged(user_id, peer_id, peer, state)
  }

  /** Lapses by itself; a repeat prolongs it and sends nothing. */
  setTyping(user_id: string, peer_id: string, typing: boolean): void {
    const present = this.#users.get(user_id)
    const peer = present?.peers.get(peer_id)
    if (!present || !peer) return
    const was = peer.stopTyping !== null
    peer.stopTyping?.()
    peer.stopTyping = null
    if (typing !== was) this.#typing(present, peer_id, peer, typing)
    if (typing) {
      peer.stopTyping = this.#timers.after(presenceTimes.typing, () => {
        peer.stopTyping = null
        this.#typing(present, peer_id, peer, false)
      })
    }
  }

  /** Also for users whom `entries` leaves out in a crowd. */
  has(user_id: string): boolean {
    return this.#users.has(user_id)
  }

  /** Whether more are present than are named (rule P2). */
  get isCrowd(): boolean {
    return this.#users.size > crowdSize
  }

  /** The users who are named, and `joining`, who is about to be; in a crowd only they are named. */
  entries(joining?: { profile: Profile; peer_id: string }): PresenceEntry[] {
    const entries: PresenceEntry[] = []
    const self = joining && { peer_id: joining.peer_id, state: null }
    const comes = joining && !this.#users.has(joining.profile.id)
    const isCrowd = this.#users.size + (comes ? 1 : 0) > crowdSize
    for (const [id, { profile, peers }] of isCrowd ? this.#only(joining?.profile.id) : this.#users) {
      const states = [...peers].map(([peer_id, { state }]) => ({ peer_id, state }))
      if (self && id === joining.profile.id && !peers.has(self.peer_id)) states.push(self)
      entries.push({ user: profile, peers: states })
    }
    if (self && comes) entries.push({ user: joining.profile, peers: [self] })
    return entries
  }

  #only(user_id: string | undefined): [string, Present][] {
    const present = user_id === undefined ? undefined : this.#users.get(user_id)
    return user_id !== undefined && present ? [[user_id, present]] : []
  }

  close(): void {
    this.#cancelCount?.()
    const users = [...this.#users]
    this.#users.clear()
    this.#ids.clear()
    for (const [user_id, { num, cancelGrace, peers }] of users) {
      this.#onUser(user_id, false)
      cancelGrace?.()
      for (const { stopTyping } of peers.values()) stopTyping?.()
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
    this.#say('user_left', payload)
  }

  #typing(present: Present, peer_id: string, peer: Peer, typing: boolean): void {
    peer.stopTyping?.()
    peer.stopTyping = null
    const payload = { room_id: this.#room_id, user: present.profile, typing }
    this.#say('typing', payload, `typing ${peer_id}`, peer.subscription)
  }

  #stateChanged(user_id: string, peer_id: string, peer: Peer, state: object | null): void {
    peer.state = state
    const payload = { room_id: this.#room_id, peer_id, user_id, state }
    this.#say('presence_changed', payload, `state ${peer_id}`, peer.subscription)
  }

  /** At once, then at most once a second (rule P2). */
  #countSoon(): void {
    if (this.#cancelCount) {
      this.#countTold = false
      return
    }
    this.#say(
      'presence_count',
      { room_id: this.#room_id, count: this.#users.size, member_count: this.#memberCount.value },
      'count',
    )
    this.#countTold = true
    this.#cancelCount = this.#timers.after(presenceTimes.count, () => {
      this.#cancelCount = null
      if (!this.#countTold) this.#countSoon()
    })
  }
}
