import { EventSource } from 'eventsource'
import { io, type Socket } from 'socket.io-client'
import { mp3, ogg, smallImage, tone } from '../../../packages/server/src/platform/media/testing/samples.ts'
import { Recorder } from '../../harness/recorder.ts'
import type { Server } from '../../harness/server.ts'
import type { JsonObject } from '../../harness/wire.ts'

/** What the tests of the document share. `admin`: a token of the administrator. */
export type ChatStand = { readonly server: Server; readonly admin: string }

type Heard = { event: string; data: JsonObject }

/** A stock client at the root URL, with nothing but what the document says; it remembers what it hears. */
export class ChatClient {
  readonly socket: Socket
  readonly heard = new Recorder<Heard>()

  constructor(url: string, transports?: string[]) {
    this.socket = io(url, { forceNew: true, ...(transports ? { transports } : {}) })
    this.socket.onAny((event: string, data: JsonObject) => this.heard.push({ event, data }))
  }

  async hear(event: string, matches: (data: JsonObject) => boolean = () => true): Promise<JsonObject> {
    return (await this.heard.until((item) => item.event === event && matches(item.data), event)).data
  }

  [Symbol.dispose](): void {
    this.socket.disconnect()
  }
}

/** A client that the server has greeted. */
export async function connected(url: string): Promise<ChatClient> {
  const client = new ChatClient(url)
  await client.hear('connected')
  return client
}

/** A stock EventSource that listens to these events. */
export class Stream {
  readonly source: EventSource
  readonly heard = new Recorder<Heard & { id: string }>()
  readonly opened: Promise<void>

  constructor(url: string, events: readonly string[]) {
    this.source = new EventSource(`${url}/api/events`)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.opened = promise
    this.source.addEventListener('ready', () => resolve())
    for (const event of events) {
      this.source.addEventListener(event, ({ data, lastEventId }) =>
        this.heard.push({ event, data: JSON.parse(data), id: lastEventId }),
      )
    }
  }

  async hear(event: string, matches: (data: JsonObject) => boolean = () => true): Promise<JsonObject> {
    return (await this.heard.until((item) => item.event === event && matches(item.data), event)).data
  }

  [Symbol.dispose](): void {
    this.source.close()
  }
}

/** `said`: what the document calls its format; null: "optional". */
export type Sample = { type: 'image' | 'audio'; bytes: Buffer; usual: string; said: (string | null)[] }

/** An image or recording in each format that the document names. */
export async function everyFormat(): Promise<Sample[]> {
  return [
    { type: 'image', bytes: await smallImage('png'), usual: 'png', said: ['png', null] },
    { type: 'image', bytes: await smallImage('jpeg'), usual: 'jpg', said: ['jpg', 'jpeg', null] },
    { type: 'audio', bytes: tone(1), usual: 'wav', said: ['wav', null] },
    { type: 'audio', bytes: mp3(), usual: 'mp3', said: ['mp3', null] },
    { type: 'audio', bytes: await ogg(), usual: 'ogg', said: ['ogg', null] },
  ]
}
