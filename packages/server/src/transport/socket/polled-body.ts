import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '../../core/error.ts'
import { rateLimited } from '../../platform/limiter/limiter.ts'
import type { InputQueue, Source } from '../guards/input-queue.ts'
import type { ByteCounter } from '../http/in-flight-bytes.ts'

export type PolledBody = {
  request: IncomingMessage
  response: ServerResponse
  /** The input of the body's session: its packets wait for their turns under this source. */
  input: Source
  /** Counts the body and its packets while they wait. */
  arrival: ByteCounter
}

export type PolledBodyDeps = {
  inputQueue: InputQueue
  maxPackets: number
  refuse: (response: ServerResponse, error: AppError) => void
}

/**
 * Lets engine.io read a body (`handOver`), with a limit on its packets and bytes. engine.io splits it into packets in
 * turn with other input (rules G7 and S9), and not in the event that ends it: 200 bodies of 900 packets that ended in one
 * event loop turn held it for 50 ms.
 */
export function readPolled(body: PolledBody, handOver: () => void, deps: PolledBodyDeps): void {
  const { request, response, input, arrival } = body
  const { inputQueue, maxPackets } = deps
  let packets = 1
  let isRefused = false
  const take = (text: string | Buffer) => {
    const before = packets
    for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, at + 1)) packets += 1
    if (packets > maxPackets) give(new AppError('too_large', { details: { limit: maxPackets } }))
    else if (!arrival.add(text.length + (packets - before) * waitingPacketBytes)) give(rateLimited(1000))
  }
  // engine.io never sees the end of a refused body: it would answer too, and throw.
  const give = (refused: AppError) => {
    isRefused = true
    request.removeListener('data', take)
    request.pause()
    if (response.headersSent) return
    response.setHeader('connection', 'close')
    deps.refuse(response, refused)
  }
  const { end, close } = takeListeners(request, handOver)
  request.on('data', take)
  request.once('end', () =>
    inputQueue.take(input, () => {
      if (isRefused) return
      for (const listener of end) listener()
      // Behind the body's own packets.
      inputQueue.take(input, () => arrival.end())
    }),
  )
  // engine.io takes this for a body that broke off, unless it has seen its end.
  request.once('close', () => {
    if (request.readableEnded && !isRefused) return
    arrival.end()
    for (const listener of close) listener()
  })
}

type Listener = () => void

/** Takes from a request the listeners that `add` adds for its end. */
function takeListeners(request: IncomingMessage, add: () => void): { end: Listener[]; close: Listener[] } {
  const taken: { end: Listener[]; close: Listener[] } = { end: [], close: [] }
  const note = (event: string | symbol, listener: Listener) => {
    if (event === 'end' || event === 'close') taken[event].push(listener)
  }
  request.on('newListener', note)
  add()
  request.removeListener('newListener', note)
  for (const listener of taken.end) request.removeListener('end', listener)
  for (const listener of taken.close) request.removeListener('close', listener)
  return taken
}

/** Memory of a packet that waits for its turn, besides its text. */
const waitingPacketBytes = 256

/** The separator between packets in a polling body (Engine.IO protocol 4). */
const separator = '\u001e'
