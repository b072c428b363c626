import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { Recorder } from './recorder.ts'
import type { JsonObject } from './wire.ts'

export type StreamEvent = { event: string; id: string | null; data: JsonObject }

export type StreamOptions = {
  lastId?: string | null
  token?: string
  /** Where events go, for streams that continue one another. */
  heard?: Recorder<StreamEvent>
}

/** A Server-Sent Events stream read line by line, so that tests also see ids, comments and blank lines. */
export class EventStream {
  readonly heard: Recorder<StreamEvent>
  readonly comments = new Recorder<string>()
  readonly retries: string[] = []
  /** The latest `id:`, to resume from. */
  lastId: string | null
  readonly closed: Promise<void>
  readonly response: Promise<IncomingMessage>
  readonly #request: ClientRequest
  #lines = ''
  #fields: { event: string; id: string | null; data: string[] } = { event: 'message', id: null, data: [] }

  constructor(url: string, path: string, { lastId = null, token, heard = new Recorder() }: StreamOptions = {}) {
    this.lastId = lastId
    this.heard = heard
    const headers = {
      accept: 'text/event-stream',
      ...(lastId === null ? {} : { 'last-event-id': lastId }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    }
    const { promise: closed, resolve: close } = Promise.withResolvers<void>()
    const { promise: response, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    this.closed = closed
    this.response = response
    response.catch(() => {})
    this.#request = get(url + path, { headers, agent: false })
    this.#request.on('response', (incoming) => {
      incoming.setEncoding('utf8')
      incoming.on('data', (text: string) => this.#read(text))
      incoming.on('error', () => close())
      incoming.on('close', () => close())
      resolve(incoming)
    })
    this.#request.on('error', (error) => {
      reject(error)
      close()
    })
  }

  #read(text: string) {
    this.#lines += text
    const lines = this.#lines.split('\n')
    this.#lines = lines.pop() ?? ''
    for (const line of lines) this.#line(line.replace(/\r$/, ''))
  }

  #line(line: string) {
    if (line === '') return this.#dispatch()
    if (line.startsWith(':')) return this.comments.push(line.slice(1).trim())
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (name === 'event') this.#fields.event = value
    else if (name === 'id') this.#fields.id = value
    else if (name === 'data') this.#fields.data.push(value)
    else if (name === 'retry') this.retries.push(value)
  }

  #dispatch() {
    const { event, id, data } = this.#fields
    this.#fields = { event: 'message', id: null, data: [] }
    if (id !== null) this.lastId = id
    // This event only says that the stream has begun.
    if (event === 'ready') return
    if (data.length > 0) this.heard.push({ event, id, data: JSON.parse(data.join('\n')) })
  }

  async hear(
    event: string,
    matches: (data: JsonObject) => boolean = () => true,
    options: { from?: number; ms?: number } = {},
  ): Promise<StreamEvent> {
    return this.heard.until((item) => item.event === event && matches(item.data), `${event} on the stream`, options)
  }

  [Symbol.dispose](): void {
    this.#request.destroy()
  }
}

/** Opens a stream; from then on it misses no event of its rooms. */
export async function openStream(url: string, path: string, options: StreamOptions = {}): Promise<EventStream> {
  const stream = new EventStream(url, path, options)
  const { statusCode } = await stream.response
  if (statusCode !== 200) {
    stream[Symbol.dispose]()
    throw new Error(`${path} answered ${statusCode}`)
  }
  return stream
}
