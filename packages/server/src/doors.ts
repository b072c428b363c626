import { getHeapStatistics } from 'node:v8'
import packageFacts from '../package.json' with { type: 'json' }
import { callersOfAddress } from './config/limits.ts'
import type { Config } from './config.ts'
import { type Action, createPipeline, type CreationKeys } from './core/action.ts'
import type { Clock, Timers } from './core/clock.ts'
import { createRoutePipeline, type Route } from './core/route.ts'
import type { Signer } from './core/sign.ts'
import { StartError } from './core/start-error.ts'
import { callersReader, type ReadQueue } from './core/fairness/read-queue.ts'
import { createLimiter, type LocalBuckets } from './platform/limiter/limiter.ts'
import type { Log } from './platform/log/log.ts'
import type { Metrics } from './platform/metrics/metrics.ts'
import type { Live } from './room/live/live.ts'
import { requestSourceOf, trustProxies } from './transport/guards/address.ts'
import { asyncApiDocument, schemasOf, type WireContracts } from './transport/docs/asyncapi.ts'
import { createCaps, guardSockets } from './transport/guards/caps.ts'
import { mountDocs } from './transport/docs/docs.ts'
import { type Check, createHealth } from './transport/health.ts'
import { createRequestGuard } from './transport/guards/request-guard.ts'
import { createHttpDoor, type HttpDoor, type HttpDoorDeps } from './transport/http/http.ts'
import { openApiDocument } from './transport/docs/openapi.ts'
import { convertInPieces } from './transport/docs/schema.ts'
import { createAnswers } from './transport/http/answers.ts'
import { createProxyNotice } from './transport/guards/proxy-notice.ts'
import { createOrigins } from './transport/guards/origins.ts'
import { createSocketDoor, type SocketDoorDeps } from './transport/socket/socket.ts'
import { createInputQueue } from './transport/guards/input-queue.ts'
import { createEventStreams, type EventStreamDeps, type EventStreams } from './transport/sse/sse.ts'
import { createInFlightBytes } from './transport/http/in-flight-bytes.ts'
import { createWeb, webFolder } from './transport/web/web.ts'
import { doorRates } from './transport/guards/rates.ts'
import { doorMetrics } from './transport/metrics.ts'
import { documentedEngineLimits } from './room/limits.ts'
import { requestLimits } from './transport/limits.ts'

/** Ms that calls and requests under way may take to end. */
const drainTime = 5_000

export type DoorsDeps = {
  config: Config
  clock: Clock
  timers: Timers
  log: Log
  metrics: Metrics
  buckets: LocalBuckets
  readQueue: ReadQueue
  live: Live
  actions: readonly Action[]
  routes: readonly Route[]
  /** Verifies signed links to routes. */
  isSigned: Signer['isSigned']
  wire: WireContracts
  /** What Idempotency-Keys were used for. */
  keys: CreationKeys
  authenticate: HttpDoorDeps['authenticate']
  authenticateSocket: SocketDoorDeps['authenticate']
  /** The lobby, and the rooms that a stream may be of. */
  lobby: SocketDoorDeps['lobby']
  feed: SocketDoorDeps['feed']
  streamedRooms: EventStreamDeps['rooms']
  publicRoomName: (room_id: string) => Promise<string | null>
  /** What health asks. */
  checks: readonly Check[]
  /** What health says besides, although all is up; null: nothing. */
  warning: () => string | null
}

export type Doors = {
  streams: Pick<EventStreams, 'follow' | 'renew'>
  /** Listens; resolves with the port. Rejects with StartError. */
  open(): Promise<number>
  /** Turns away what is new, in health as well, so that a load balancer looks elsewhere. */
  drain(): void
  /** Lets what runs end (bounded in time): sockets, then streams. */
  stopConnections(): Promise<void>
  stopRequests(): Promise<void>
}

/** HTTP, Socket.IO and SSE over the same actions, with one pipeline, one set of limits and one idea of who a client is. */
export function createDoors(deps: DoorsDeps): Doors {
  const { config, clock, timers, log, metrics, live, actions } = deps
  const { limits, env } = config
  const limiter = createLimiter({ scaled: limits.rate, callersOfAddress, buckets: deps.buckets, clock })
  const call = createPipeline({
    keys: deps.keys,
    limiter,
    readQueue: deps.readQueue,
    measure(action, { door }, code, ms) {
      metrics.count(doorMetrics.parlor_actions_total, { action: action.name, door, code })
      metrics.observe(doorMetrics.parlor_action_seconds, ms / 1000, { action: action.name })
    },
    monotonic: clock.monotonic,
    checkOutputs: env === 'testing',
  })
  const pipeline = createRoutePipeline({
    limiter,
    readQueue: deps.readQueue,
    measure({ name }, code, ms) {
      metrics.count(doorMetrics.parlor_actions_total, { action: name, door: 'http', code })
      metrics.observe(doorMetrics.parlor_action_seconds, ms / 1000, { action: name })
    },
    monotonic: clock.monotonic,
  })
  const trust = trustProxies(config.trustProxy)
  const { addressConnections, rate } = limits
  const caps = createCaps({
    connections: addressConnections,
    handshakes: rate(doorRates.handshake),
    buckets: deps.buckets,
  })
  const notice = createProxyNotice({ trust, warn: (text) => log.warn(text) })
  const requestGuard = createRequestGuard({
    buckets: deps.buckets,
    rates: { request: rate(doorRates.request), poll: rate(doorRates.poll) },
    limit: limits.addressSockets,
    trust,
    notice,
  })
  const inFlight = createInFlightBytes(limitedByHeap(limits.addressBytes))
  const { authenticate } = deps
  const { forceHttps, metricsToken } = config
  const origins = createOrigins({ list: config.origins, hostVouches: config.publicUrl === null })
  const { publicUrl, basePath } = config
  const publicRoomName = (room_id: string, address: string) =>
    deps.readQueue.take(callersReader({ kind: 'anonymous', address }), () => deps.publicRoomName(room_id))
  const web = createWeb({ folder: webFolder, forceHttps, publicUrl, basePath, publicRoomName })
  const { answerUnknown } = web
  const answers = createAnswers(live.holds)
  const http = createHttpDoor({
    ...{ actions, call, authenticate, answers, log, origins, trust, forceHttps, inFlight, requestGuard, answerUnknown },
    ...{ publicUrl, basePath, limits: requestLimits },
    raw: { routes: deps.routes, pipeline, limiter, clock, timers, isSigned: deps.isSigned },
  })
  const health = createHealth({
    service: config.serviceName,
    clock,
    timers,
    checks: deps.checks,
    metrics,
    metricsToken,
    warnings: () => [notice.text() ?? [], deps.warning() ?? []].flat(),
  })
  const rooms = deps.streamedRooms
  const streams = createEventStreams({
    live,
    rooms,
    feed: deps.feed,
    readQueue: deps.readQueue,
    limiter,
    authenticate,
    caps,
    clock,
    timers,
    log,
    metrics,
    roomLimit: documentedEngineLimits.connectionRooms.value,
  })
  const sockets = createSocketDoor(
    {
      actions,
      call,
      live,
      timers,
      log,
      metrics,
      authenticate: deps.authenticateSocket,
      ...{ lobby: deps.lobby, feed: deps.feed },
      senderOf: (request) => requestSourceOf(request, trust),
      connections: guardSockets(caps, { origins, forceHttps }),
      inFlight,
      basePath,
      requestGuard,
      inputQueue: createInputQueue({ monotonic: clock.monotonic }),
    },
    {
      drainTimeout: drainTime,
    },
  )

  health.mount(http.app)
  streams.mount(http.app)
  const documentInfo = { title: 'Parlor', version: packageFacts.version, server: config.publicUrl }
  mountDocs(http.app, {
    async openApi() {
      return openApiDocument(documentInfo, deps.wire, await convertInPieces(schemasOf(deps.wire), 'draft-2020-12'))
    },
    async asyncApi() {
      return asyncApiDocument(documentInfo, deps.wire, await convertInPieces(schemasOf(deps.wire), 'draft-7'))
    },
    forceHttps,
    basePath,
  })
  web.mount(http.app)

  return {
    streams,
    async open() {
      await http.app.ready()
      sockets.attach(http.server)
      const port = await listen(http, config)
      health.started()
      return port
    },
    drain: () => health.draining(),
    async stopConnections() {
      await sockets.stop()
      streams.stop()
    },
    stopRequests: () => http.stop(drainTime),
  }
}

/** All addresses together may have four times that under way: a quarter of the heap limit, where memory is little. */
const limitedByHeap = (bytes: number): number =>
  bytes === Number.POSITIVE_INFINITY ? bytes : Math.min(bytes, getHeapStatistics().heap_size_limit / 16)

async function listen(http: HttpDoor, { port, host }: Config): Promise<number> {
  try {
    return await http.listen({ port, host })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null
    if (code === 'EADDRINUSE')
      throw new StartError(`Port ${port} is in use by another program: stop it or set another PORT.`, { cause })
    if (code === 'EACCES')
      throw new StartError(`This user is not allowed to open port ${port}: set a PORT over 1023.`, { cause })
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartError(`HOST ${host} is not an address of this machine.`, { cause })
    throw cause
  }
}
