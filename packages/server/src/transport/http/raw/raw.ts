import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock, Timers } from '../../../core/clock.ts'
import type { AnyCaller } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import { linkCaller } from '../../../core/link.ts'
import type { Signer } from '../../../core/sign.ts'
import { parse } from '../../../core/action.ts'
import type {
  FormFile,
  IncomingBytes,
  IncomingForm,
  Route,
  RoutePipeline,
  RouteRequest,
  Takes,
} from '../../../core/route.ts'
import { makeWellFormed } from '../../../core/text/well-formed.ts'
import type { Answers } from '../answers.ts'
import { assertAccepted } from '../body.ts'
import type { Authenticate } from '../call.ts'
import { isWaiting, mayContinue } from '../continue.ts'
import type { Exchanges } from '../exchanges.ts'
import { bearerToken } from '../request.ts'
import { sendAnswer } from './answer.ts'
import { arriving, leastPace, noBytes, type Pace } from './arriving.ts'
import { readForm } from './form.ts'
import { releasing } from './releasing.ts'
import { createMeter, type MeterDeps } from './meter.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a raw route takes as its body; absent on all other routes. */
    takes?: Takes
  }
}

export type RawDeps = MeterDeps & {
  pipeline: RoutePipeline
  authenticate: Authenticate
  answers: Answers
  /** Verifies signed links. */
  isSigned: Signer['isSigned']
  clock: Pick<Clock, 'monotonic' | 'now'>
  timers: Timers
  exchanges: Pick<Exchanges, 'streams'>
  pace?: Pace
}

/** Ms without traffic after which a connection that streams is closed: a paused film is not (rule RR5). */
const idle = 600_000
/** Ms for which a body that was refused on its way is read and dropped, so that its sender can read the answer (rule RR6). */
const lingers = 2_000

/** Adds the routes that are no actions (rules RR in README.md). */
export function mountRoutes(app: FastifyInstance, routes: readonly Route[], deps: RawDeps): void {
  for (const route of routes) {
    const { method, path, takes } = route.contract
    app.route({ method, url: path, config: { takes }, handler: handlerOf(route, deps) })
  }
}

function handlerOf(route: Route, deps: RawDeps) {
  return async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      return await answer(route, request, reply, deps)
    } catch (thrown) {
      endAfterRefusal(request, reply)
      throw thrown
    }
  }
}

async function answer(route: Route, request: FastifyRequest, reply: FastifyReply, deps: RawDeps) {
  if (route.contract.headers) reply.headers(route.contract.headers)
  assertAccepted(request, reply)
  const caller = await callerOf(route, request, deps)
  const signal = goneSignal(reply)
  const asked: RouteRequest = {
    body: bodyOf(route.contract.takes, request, reply, { ...deps, caller, signal }),
    headers: request.headers,
    signal,
    trace_id: request.trace_id,
    reader: deps.answers.readerOf(caller, reply.raw),
  }
  const input = () => makeWellFormed({ ...Object(request.query), ...Object(request.params) })
  const found = await deps.pipeline(route, input, caller, asked)
  request.raw.socket.setTimeout(idle)
  return sendAnswer(found, route.contract, {
    ...{ request, reply, signal },
    meter: createMeter('downloaded_bytes', caller, signal, deps),
  })
}

/** A login comes first: with a token, a signed link is not looked at (rule LK3). */
function callerOf({ contract }: Route, { headers, query, params, address }: FastifyRequest, deps: RawDeps) {
  const token = bearerToken(headers)
  if (token !== null || !contract.link) return deps.authenticate(token, address)
  const asked = { query: { ...Object(query) }, params: { ...Object(params) }, address, now: deps.clock.now() }
  return linkCaller(contract.link, asked, deps.isSigned) ?? deps.authenticate(null, address)
}

function bodyOf(
  takes: Takes,
  { raw, body }: FastifyRequest,
  reply: FastifyReply,
  deps: RawDeps & { caller: AnyCaller; signal: AbortSignal },
): unknown {
  if (takes.as === 'nothing') return null
  if (takes.as === 'bytes') return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
  const { most } = takes
  deps.exchanges.streams(raw)
  const length = raw.headers['content-length']
  const isEmpty = length === undefined && raw.headers['transfer-encoding'] === undefined
  const meter = createMeter('uploaded_bytes', deps.caller, deps.signal, deps)
  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    mayContinue(raw, reply.raw)
    raw.socket.setTimeout(idle)
    yield* arriving(raw, {
      ...deps,
      most,
      pace: deps.pace ?? leastPace,
      meter,
    })
  }
  const incoming: IncomingBytes = {
    declared: isEmpty ? 0 : length === undefined ? null : Number(length),
    bytes: isEmpty ? noBytes : { [Symbol.asyncIterator]: bytes },
  }
  if (takes.as === 'form') return formOf(takes, raw.headers['content-type'] ?? '', incoming)
  return { ...incoming, bytes: releasing(incoming.bytes) }
}

/** Rule RR8. */
const formOf = (
  { fields }: Extract<Takes, { as: 'form' }>,
  type: string,
  { declared, bytes }: IncomingBytes,
): IncomingForm => ({
  declared,
  read: async (take) => {
    const released = (file: FormFile) => take({ ...file, bytes: releasing(file.bytes) })
    return parse(fields, makeWellFormed(await readForm(type, bytes, released)))
  },
})

/** Aborted when the connection ends before the answer has. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(new AppError('malformed', { text: 'The client has gone' }))
  })
  return gone.signal
}

/**
 * A request that is refused before its body has arrived ends its connection. To close at once would reset it, and the
 * client might lose the answer (RFC 9112, 9.6): what still comes is dropped for a moment.
 */
function endAfterRefusal({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete || raw.destroyed) return
  reply.header('connection', 'close')
  if (isWaiting(raw)) return
  const { socket } = raw
  raw.on('error', () => {}).resume()
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), lingers).unref()
  }
}
