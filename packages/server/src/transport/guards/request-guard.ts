import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { AppError } from '../../core/error.ts'
import type { LocalBuckets, Rate } from '../../platform/limiter/limiter.ts'
import { createAddressBudget } from './address-budget.ts'
import { isLoopback, peerOf, type ProxyTrust, type RequestSource } from './address.ts'
import { hasItsHost, pathOf } from '../http/request.ts'
import type { ProxyNotice } from './proxy-notice.ts'
import { createAddressCounts } from './address-counts.ts'

export type RequestGuardDeps = {
  buckets: Pick<LocalBuckets, 'takeAll'>
  rates: { readonly request: Rate; readonly poll: Rate }
  /** Connections of one address, and its requests in progress. */
  limit: number
  trust: ProxyTrust
  notice: Pick<ProxyNotice, 'see'>
}

/** The first checks for every TCP connection and request, of all doors (rules G in README.md). */
export type RequestGuard = {
  /** Counts connections before anything is read from them, and closes those beyond the cap. */
  guard(server: Server): void
  /**
   * Why a request is refused, or null. It counts as in progress until `response` ends; an upgrade has none. `poll`:
   * a request of an open polling session.
   */
  admit(
    request: IncomingMessage,
    response: ServerResponse | null,
    sender: RequestSource,
    kind: 'request' | 'poll',
  ): Refusal
}

type Refusal = AppError | null

export function createRequestGuard({ buckets, rates, limit, trust, notice }: RequestGuardDeps): RequestGuard {
  const connections = createAddressCounts(limit)
  const requests = createAddressCounts(limit)
  const budgets = {
    request: createAddressBudget('request', rates.request, buckets),
    poll: createAddressBudget('poll', rates.poll, buckets),
  }
  return {
    guard(server) {
      // Before Node's own listener, which begins to read.
      server.prependListener('connection', (socket) => {
        const peer = peerOf(socket)
        // A proxy's connections carry many clients, whose requests count instead.
        if (trust(peer)) return
        if (connections.add(peer)) socket.once('close', () => connections.remove(peer))
        else socket.destroy()
      })
    },
    admit(request, response, { address }, kind) {
      notice.see(request)
      if (!hasItsHost(request)) {
        // The connection is read no further, as with other broken HTTP.
        response?.setHeader('connection', 'close')
        return new AppError('malformed')
      }
      if (isProbeOfOurs(request)) return null
      const refused = budgets[kind](address)
      // A response that has already ended emits no other end: if counted, it would count for ever.
      if (refused || response === null || response.closed) return refused
      if (!requests.add(address)) return new AppError('too_many_connections')
      // `on`: a response closes once, and `once` costs another function and a removal for every request.
      response.on('close', () => requests.remove(address))
      return null
    },
  }
}

/** Paths of probes and metrics. */
export const probes: ReadonlySet<string> = new Set(['/api/health', '/api/live', '/api/ready', '/metrics'])

/** A monitor on this machine gets its answer, however many other requests come from this machine. */
const isProbeOfOurs = (request: IncomingMessage): boolean =>
  probes.has(pathOf(request.url ?? '')) &&
  request.headers['x-forwarded-for'] === undefined &&
  isLoopback(peerOf(request.socket))
