import * as limits from '../generated/limits.generated.ts'
import { createStore, type Store } from '../store.ts'
import type { Time } from '../time.ts'
import type { Person, Presence, PresenceValues, PresentPerson } from '../types.ts'

/** The users in a room: those in the answer to the join, with the changes since (rule S7). */
export type PresenceList = {
  readonly store: Store<Presence>
  reset(people: readonly PresentPerson[]): void
  joined(user: Person): void
  left(user_id: string): void
  /** The person has a new name or picture. */
  updated(user: Person): void
  changed(user_id: string, peer_id: string, values: PresenceValues): void
  counted(count: number): void
}

export function createPresence(): PresenceList {
  const store = createStore<Presence>({ people: [], count: 0 })

  const set = (people: readonly PresentPerson[], count = people.length) => store.set({ people, count })
  const of = (user_id: string) => store.get().people.find(({ user }) => user.id === user_id)
  const replace = (person: PresentPerson) => {
    const { people, count } = store.get()
    set(
      people.map((other) => (other.user.id === person.user.id ? person : other)),
      count,
    )
  }

  return {
    store,
    reset: (people) => set(people),
    joined(user) {
      const { people, count } = store.get()
      if (of(user.id)) return
      set([...people, { user, peers: [] }], count + 1)
    },
    left(user_id) {
      const { people, count } = store.get()
      set(
        people.filter(({ user }) => user.id !== user_id),
        Math.max(0, count - 1),
      )
    },
    updated(user) {
      const known = of(user.id)
      if (known) replace({ ...known, user })
    },
    changed(user_id, peer_id, values) {
      const known = of(user_id)
      if (!known) return
      const before = known.peers.find((peer) => peer.peer_id === peer_id)
      const slots = { ...before?.slots, ...values }
      const others = known.peers.filter((peer) => peer !== before)
      replace({ ...known, peers: [...others, { peer_id, state: slots.app ?? null, slots }] })
    },
    counted: (count) => set(count > limits.named_presence ? [] : store.get().people, count),
  }
}

export type TypingList = {
  readonly store: Store<readonly Person[]>
  changed(user: Person, typing: boolean): void
  updated(user: Person): void
  clear(): void
}

export function createTyping(time: Time): TypingList {
  const store = createStore<readonly Person[]>([])
  const lapses = new Map<string, () => void>()

  function stop(user_id: string): void {
    lapses.get(user_id)?.()
    if (!lapses.delete(user_id)) return
    store.set(store.get().filter(({ id }) => id !== user_id))
  }

  return {
    store,
    changed(user, typing) {
      if (!typing) return stop(user.id)
      lapses.get(user.id)?.()
      if (!lapses.has(user.id)) store.set([...store.get(), user])
      lapses.set(
        user.id,
        time.after(limits.typing_ms, () => stop(user.id)),
      )
    },
    updated(user) {
      if (lapses.has(user.id)) store.set(store.get().map((other) => (other.id === user.id ? user : other)))
    },
    clear() {
      for (const user_id of [...lapses.keys()]) stop(user_id)
    },
  }
}
