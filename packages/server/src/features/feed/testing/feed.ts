import { z } from 'zod'
import type { EventType } from '../../../core/contract.ts'
import { defineFeature } from '../../feature.ts'
import { edited } from '../../messages/testing/edited.ts'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createWorld, type World, type WorldOptions } from '../../testing/world.ts'
import { createMemoryBus } from '../../../platform/bus/memory.ts'
import type { RoomBus, RoomMessages } from '../../../room/types.ts'
import type { Person } from '../../rooms/testing/rooms.ts'

/** Two nodes with one database and one bus. */
export async function twoNodes(backend: Backend, options: Pick<WorldOptions, 'more'> = {}) {
  const db = await backend.open()
  const memory = createMemoryBus<RoomMessages>()
  let isLost = false
  const publish: RoomBus['activity']['publish'] = (...line) => {
    if (!isLost) memory.activity.publish(...line)
  }
  const bus = { ...memory, activity: { ...memory.activity, publish } }
  const [one, two] = [
    await createWorld(db, { ...options, bus }),
    await createWorld({ ...db, close: async () => {} }, { ...options, bus }),
  ]
  return {
    one,
    two,
    /** Lines about rooms get lost from now on, or no longer. */
    loseLines: (lost: boolean) => void (isLost = lost),
    /** Moves both clocks, and waits for what that starts. */
    async pass(ms: number): Promise<void> {
      for (let passed = 0; passed < ms; passed += 500) {
        for (const world of [one, two]) world.advance(500)
        for (const world of [one, two, one, two]) await world.settled()
      }
    },
    async [Symbol.asyncDispose]() {
      await two[Symbol.asyncDispose]()
      await one[Symbol.asyncDispose]()
    },
  }
}

/** Moves the clock, and waits for what that starts. */
export async function pass(world: World, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    world.advance(500)
    await world.settled()
  }
}

type Socket = Awaited<ReturnType<World['connectFeed']>>

/** What the socket heard since the last call, of `rooms_changed`. */
export function newsOf(socket: Socket): () => Answer[] {
  let seen = 0
  return () => {
    const all = socket.heard.filter(({ event }) => event === 'rooms_changed')
    const news = all.slice(seen).map(({ data }) => data)
    seen = all.length
    return news
  }
}

/** A client's list of rooms: what it read, and what the events changed. */
export class FeedModel {
  readonly rooms = new Map<string, Answer>()
  since: string | null = null

  /** Reads what changed, in pages. */
  async read(who: Pick<Person, 'does'>, limit = 2): Promise<void> {
    let cursor: string | null = null
    const asked: string | null = this.since
    do {
      const query = new URLSearchParams({ limit: String(limit) })
      if (asked !== null) query.set('since', asked)
      if (cursor !== null) query.set('cursor', cursor)
      const page = await who.does('GET', `/api/rooms/my?${query.toString()}`)
      if (page.reset && cursor === null) this.rooms.clear()
      for (const { room_id } of page.gone) this.rooms.delete(room_id)
      for (const item of page.items) this.rooms.set(item.id, item)
      if (cursor === null) this.since = page.since
      cursor = page.next_cursor
    } while (cursor !== null)
  }

  /** A mark of the user, on any of their devices. A pointer never goes back. */
  mark({ room_id, ...state }: Answer): void {
    const known = this.rooms.get(room_id)
    if (known && state.read_seq >= known.read_seq) this.rooms.set(room_id, { ...known, ...state })
  }

  apply({ since, added, rooms, gone }: Answer): void {
    for (const { room_id } of gone) this.rooms.delete(room_id)
    for (const item of added) this.rooms.set(item.id, item)
    for (const { room_id, ...news } of rooms) {
      const known = this.rooms.get(room_id)
      if (known && news.last_seq >= known.last_seq) this.rooms.set(room_id, { ...known, ...news })
    }
    this.since = since
  }
}

/** The deletion of a message, as a future feature will append it. */
const { item: _item, people: _people, ...plain } = edited
export const deleted: EventType = {
  ...plain,
  name: 'deletes.deleted',
  body: z.looseObject({}),
  wire: () => 'message_deleted',
  wires: ['message_deleted'],
  encode: ({ seq }, { room }) => JSON.stringify({ room_id: room.id, seq }),
}
export const deletesFeature = defineFeature({ name: 'deletes', events: [deleted], create: () => ({ api: null }) })
