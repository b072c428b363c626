import { isDeepStrictEqual } from 'node:util'
import type { Browser } from '../../packages/client/src/browser.ts'
import { createClient } from '../../packages/client/src/client.ts'
import type { ConnectOptions, Message as Stored, Parlor, Room, Store } from '../../packages/client/src/parlor.ts'
import { realTime, type Time } from '../../packages/client/src/time.ts'
import { Recorder } from './recorder.ts'
import type { ClientOptions } from './socket-client.ts'
import type { JsonObject, Message, RoomEvent } from './wire.ts'

/** Pauses between reconnects are a tenth, because tests cut a client a hundred times. */
export const quickTime: Time = { ...realTime, after: (ms, run) => realTime.after(ms / 10, run) }

export type Client = Parlor & Disposable

/** The SDK as an application uses it; with storage in memory by default. */
export function openSdk(
  options: ConnectOptions,
  { browser = {}, time = realTime }: { browser?: Browser; time?: Time } = {},
): Client {
  const parlor = createClient({ storage: 'memory', ...options }, browser, time)
  return { ...parlor, [Symbol.dispose]: () => parlor.close() }
}

/** The store's first value from now on that matches; rejects, naming `what`, if there is none within `ms`. */
export async function until<Value>(
  store: Store<Value>,
  wanted: (value: Value) => boolean,
  what: string,
  ms = 15_000,
): Promise<Value> {
  const values = new Recorder<Value>()
  const end = store.subscribe(() => values.push(store.get()))
  values.push(store.get())
  try {
    return await values.until(wanted, what, { ms })
  } finally {
    end()
  }
}

export const isLive = (room: Room): Promise<unknown> =>
  until(room.state, ({ phase }) => phase === 'live', `being in ${room.id}`)

/** The stored messages that a room shows. */
export function shown(room: Room): Stored[] {
  return room.messages.get().items.flatMap(({ message }) => (message.id === null ? [] : [message]))
}

const stored = ['new_message', 'member_joined', 'member_left', 'member_changed', 'room_updated'] as const

/** The same as `Member`, with the SDK instead of a bare client. */
export class SdkMember {
  readonly parlor: Client
  readonly room: Room
  readonly acknowledged = new Map<string, Message>()
  readonly acks = new Recorder<Message>()
  readonly heard = new Recorder<RoomEvent>()
  readonly #problems: string[] = []

  constructor(url: string, room_id: string, { token = '' }: ClientOptions) {
    this.parlor = openSdk({ url, token }, { time: quickTime })
    this.room = this.parlor.join(room_id)
    for (const event of stored) this.room.on(event, (data) => this.#hear(event, data.seq, { ...data }))
  }

  #hear(event: string, seq: number, data: JsonObject): void {
    const last = this.heard.items.at(-1)?.seq ?? 0
    if (seq <= last) this.#problems.push(`${event} ${seq} came after ${last}`)
    this.heard.push({ event, seq, data })
  }

  async here(): Promise<void> {
    await isLive(this.room)
  }

  /** The SDK chooses its own client_id. */
  async send(_: string, content: string): Promise<Message> {
    const message: Message = await this.room.send(content).stored
    this.acknowledged.set(String(message.client_id), message)
    this.acks.push(message)
    return message
  }

  /** Resolves when it has got the event at this position, or a later one. */
  async reaches(seq: number, ms = 20_000): Promise<void> {
    await this.heard.until((event) => event.seq >= seq, `position ${seq}`, { ms })
  }

  /** What it knows of the room's messages, since the last hole that it was told of; `isWhole`: since it came. */
  seen(): { messages: JsonObject[]; isWhole: boolean; problems: readonly string[] } {
    const messages = this.heard.items.filter(({ event }) => event === 'new_message').map(({ data }) => data)
    const window = shown(this.room)
    const isSame = isDeepStrictEqual(window, messages.slice(-window.length))
    const problems = isSame ? this.#problems : [...this.#problems, 'the window is not what was heard']
    const isWhole = this.room.messages.get().generation === 1
    return { messages: isWhole ? messages : messages.slice(-window.length), isWhole, problems }
  }

  [Symbol.dispose](): void {
    this.parlor.close()
  }
}
