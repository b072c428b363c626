import type { IncomingMessage, Server } from 'node:http'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Action } from '../../core/action.ts'
import { AppError } from '../../core/error.ts'
import type { Route } from '../../core/route.ts'
import type { Log } from '../../platform/log/log.ts'
import { insecure, type ProxyTrust, requestSourceOf } from '../guards/address.ts'
import { withoutBase } from '../web/base-path.ts'
import { type RequestGuard, probes } from '../guards/request-guard.ts'
import { acceptBodies } from './body.ts'
import { type HttpCallDeps, mountActions } from './call.ts'
import { createErrorReply } from './error.ts'
import { allowOrigins, answerPreflights, commonHeaders } from './headers.ts'
import { RequestLog } from './log.ts'
import { createRequestIds, givenRequestId, givenTraceId, offersWebSocket, pathOf } from './request.ts'
import { isAt, recordRoutes } from './routes.ts'
import { createExchanges } from './exchanges.ts'
import { answerExpectations } from './continue.ts'
import { mountRoutes, type RawDeps } from './raw/raw.ts'
import { createUnreadable, requestTimeout } from './unreadable.ts'
import type { Origins } from '../guards/origins.ts'
import type { InFlightBytes } from './in-flight-bytes.ts'

export type HttpDoorDeps = HttpCallDeps & {
  actions: readonly Action[]
  /** Routes that are no actions, and what they need beside the door's own parts. */
  raw: Omit<RawDeps, 'exchanges' | 'authenticate' | 'answers'> & { routes: readonly Route[] }
  log: Log
  /** Origins whose pages may read responses. */
  origins: Origins
  trust: ProxyTrust
  /** Whether unencrypted requests are refused; probes and metrics are still answered. */
  forceHttps: boolean
  /** PUBLIC_URL, to which pages are redirected; null: redirect to the requested host. */
  publicUrl: string | null
  /** The path of PUBLIC_URL; '' for the root. */
  basePath: string
  limits: { readonly requestBytes: number; readonly headerBytes: number }
  /** The first check for every request. */
  requestGuard: RequestGuard
  /** Counts the bytes of incomplete bodies. */
  inFlight: InFlightBytes
  /** May answer a path without a route before it becomes a 404; null if it does not. */
  answerUnknown?: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | FastifyReply | null
  /** Timeouts in ms: for a whole request, for its headers, and for an idle keep-alive connection. */
  timeouts?: Partial<typeof slowEnough>
}

export type HttpDoor = {
  /** Add routes without an action here, before `listen`. */
  app: FastifyInstance
  /** The socket door attaches to it. */
  server: Server
  /** Resolves with the port; port 0 picks a free one. */
  listen(where: { port: number; host: string }): Promise<number>
  /**
   * Accepts no new connections, closes idle ones, lets requests in flight finish and, after `graceMs`, closes the rest.
   * End streams and sockets before: they would use up the whole grace period.
   */
  stop(graceMs: number): Promise<void>
}

const slowEnough = { request: 60_000, headers: 15_000, idle: 60_000, checkEvery: 5_000 }

/** The REST door: Fastify with one route for each path of each action (rules in README.md). */
export function createHttpDoor(deps: HttpDoorDeps): HttpDoor {
  const { log, limits } = deps
  const timeouts = { ...slowEnough, ...deps.timeouts }
  const newRequestId = createRequestIds()
  const exchanges = createExchanges(deps.raw.clock.monotonic)
  const unreadable = createUnreadable(exchanges)
  const loggerInstance: FastifyBaseLogger = log
  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new RequestLog(log),
    childLoggerFactory: (logger) => logger,
    genReqId: (request: IncomingMessage) => givenRequestId(request.headers) ?? newRequestId(),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    rewriteUrl: ({ url = '/' }) => withoutBase(url, deps.basePath),
    bodyLimit: limits.requestBytes,
    // A body that is read as a stream has no time limit of its own, and Node has one limit for all requests.
    requestTimeout: 0,
    // Mainly for a client that does not read its response, which would stay in memory.
    connectionTimeout: timeouts.idle,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: timeouts.headers,
      connectionsCheckingInterval: timeouts.checkEvery,
      // What Node would answer by itself misses the guard of requests and the form of errors (rule H18).
      requireHostHeader: false,
      shouldUpgradeCallback: offersWebSocket,
    },
    clientErrorHandler: unreadable.answer,
    frameworkErrors: (error, request, reply) => void refuseUnroutable(error, request, reply),
  })
  const sendError = createErrorReply(log)
  const refuseUnroutable = (error: Error, request: FastifyRequest, reply: FastifyReply) =>
    sendError(error, request, reply.header('x-request-id', request.id))
  let isStopping = false
  // Before the request guard, so that a page can read why it was refused.
  allowOrigins(app, deps.origins)
  deps.requestGuard.guard(app.server)
  prepareRequests(app, deps, { newRequestId, isStopping: () => isStopping })
  answerPreflights(app)
  app.setErrorHandler(sendError)
  refuseUnknown(app, deps.answerUnknown)
  acceptBodies(app, limits.requestBytes, deps.inFlight)
  mountActions(app, deps.actions, deps)
  const { authenticate, answers } = deps
  mountRoutes(app, deps.raw.routes, { ...deps.raw, authenticate, answers, exchanges })
  answerExpectations(app.server, (method, path) =>
    deps.raw.routes.some(
      ({ contract }) =>
        (contract.takes.as === 'stream' || contract.takes.as === 'form') &&
        contract.method === method &&
        isAt(contract.path, withoutBase(path, deps.basePath)),
    ),
  )
  function refuseOverdue(): void {
    for (const { request } of exchanges.overdue(timeouts.request)) {
      unreadable.answer(
        Object.assign(new Error('The request did not arrive in time'), { code: requestTimeout }),
        request.socket,
      )
    }
  }
  let stopLooking: (() => void) | null = null
  return {
    app,
    server: app.server,
    async listen(where) {
      // The socket door has replaced the earlier listeners by now (attachEngine).
      exchanges.watch(app.server)
      const looking = setInterval(refuseOverdue, timeouts.checkEvery).unref()
      stopLooking = () => clearInterval(looking)
      await app.listen(where)
      const address = app.server.address()
      return typeof address === 'object' && address !== null ? address.port : where.port
    },
    async stop(graceMs) {
      isStopping = true
      const end = setTimeout(() => app.server.closeAllConnections(), graceMs).unref()
      // A response that began before `stop` has keep-alive: close its connection as soon as it is idle.
      const idle = setInterval(() => app.server.closeIdleConnections(), 50)
      await app.close()
      stopLooking?.()
      clearTimeout(end)
      clearInterval(idle)
    },
  }
}

type OwnState = { newRequestId: () => string; isStopping: () => boolean }

/** The first steps for every request: its ids, its client, the common headers, and the check for HTTPS. */
function prepareRequests(app: FastifyInstance, deps: HttpDoorDeps, own: OwnState): void {
  const { trust, forceHttps } = deps
  const headers = commonHeaders({ forceHttps })
  app.decorateRequest('address', '')
  app.decorateRequest('trace_id', '')
  app.addHook('onRequest', (request, reply, next) => {
    const sender = requestSourceOf(request.raw, trust)
    request.address = sender.address
    request.trace_id = givenTraceId(request.headers) ?? traceIdFrom(request.id, own.newRequestId)
    reply.headers(headers)
    reply.header('x-request-id', request.id)
    if (own.isStopping()) reply.header('connection', 'close')
    const refused = deps.requestGuard.admit(request.raw, reply.raw, sender, 'request')
    if (refused) next(refused)
    else if (forceHttps && !isProbe(request) && !sender.isSecure) demandHttps(request, reply, next, deps)
    else next()
  })
}

/** The trace id is the request id if that is a valid trace id. */
const traceIdFrom = (requestId: string, newId: () => string) => (/^[\da-f]{32}$/.test(requestId) ? requestId : newId())

const isProbe = ({ routeOptions }: FastifyRequest) => probes.has(routeOptions.url ?? '')

/** Redirects pages; refuses calls, so that the client notices that it sent data unencrypted. */
function demandHttps(
  request: FastifyRequest,
  reply: FastifyReply,
  next: (error?: Error) => void,
  { publicUrl, basePath }: Pick<HttpDoorDeps, 'publicUrl' | 'basePath'>,
): void {
  const { method, url, headers } = request
  const isPage = method === 'GET' && headers.authorization === undefined && headers.host !== undefined
  const there = publicUrl?.startsWith('https:') ? publicUrl : `https://${headers.host}${basePath}`
  if (isPage && headers.accept?.includes('text/html')) void reply.redirect(there + url, 308)
  else next(insecure())
}

/** 404, or 405 with `Allow` if the path exists; OPTIONS from a foreign origin is answered without CORS headers. */
function refuseUnknown(app: FastifyInstance, answer: HttpDoorDeps['answerUnknown']): void {
  const routes = recordRoutes(app)
  const refuseMethod = (reply: FastifyReply, allowed: readonly string[]) => {
    reply.header('allow', allowed.join(', '))
    return new AppError('method_not_allowed')
  }
  // Where `/rooms/my` has no such method, the router would fall back to `/rooms/:id` and take "my" for an id.
  app.addHook('onRequest', ({ routeOptions, url }, reply, next) => {
    const path = routeOptions.url?.includes(':') ? routedPath(url) : ''
    if (path !== '' && routes.has(path)) next(refuseMethod(reply, routes.methodsOf(path)))
    else next()
  })
  app.setNotFoundHandler((request, reply) => {
    const allowed = routes.methodsOf(routedPath(request.url))
    if (allowed.length === 0) {
      const answered = answer?.(request, reply)
      if (answered) return answered
      throw new AppError('not_found')
    }
    const refused = refuseMethod(reply, allowed)
    if (request.method === 'OPTIONS') return reply.code(204).send()
    throw refused
  })
}

/** A path without its query and trailing slash, which never matters (rule H7). */
function routedPath(url: string): string {
  const path = pathOf(url)
  return path.endsWith('/') ? path.slice(0, -1) : path
}
