import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { AppError } from '../../core/error.ts'
import type { LocalBuckets, Rate } from '../../platform/limiter/limiter.ts'
import { createAddressBudget } from './address-budget.ts'
import { isLoopback, peerOf, type ProxyTrust, type Sender } from './address.ts'
import { hasTwoHosts } from '../http/request.ts'
import type { ProxyNotice } from './proxy-notice.ts'
import { createTally } from './tally.ts'

export type EntranceDeps = {
  buckets: Pick<LocalBuckets, 'takeAll'>
  rates: { readonly request: Rate; readonly poll: Rate }
  /** Connections of one address, and requests of one that are being answered. */
  limit: number
  trust: ProxyTrust
  notice: Pick<ProxyNotice, 'see'>
}

/** What comes first for whatever comes over TCP, whichever door it is for (rules G in README.md). */
export type Entrance = {
  /** Counts connections before anything of them is read, and ends those that are too many. */
  guard(server: Server): void
  /**
   * Why a request is not looked at any further, or null. It counts as one until `response` ends; an upgrade has none. `poll`:
   * one of a polling session that is open.
   */
  admit(request: IncomingMessage, response: ServerResponse | null, sender: Sender, kind: 'request' | 'poll'): Refusal
}

type Refusal = AppError | null

export function createEntrance({ buckets, rates, limit, trust, notice }: EntranceDeps): Entrance {
  const connections = createTally(limit)
  const requests = createTally(limit)
  const budgets = {
    request: createAddressBudget('request', rates.request, buckets),
    poll: createAddressBudget('poll', rates.poll, buckets),
  }
  return {
    guard(server) {
      // In front of Node's own listener, which begins to read.
      server.prependListener('connection', (socket) => {
        const peer = peerOf(socket)
        // A proxy's connections are not its clients': their requests count for them.
        if (trust(peer)) return
        if (connections.add(peer)) socket.once('close', () => connections.remove(peer))
        else socket.destroy()
      })
    },
    admit(request, response, { address }, kind) {
      notice.see(request)
      if (hasTwoHosts(request)) {
        // Who says two things at once is read no further, as with other broken HTTP.
        response?.setHeader('connection', 'close')
        return new AppError('malformed')
      }
      if (isProbeOfOurs(request)) return null
      const refused = budgets[kind](address)
      // One that has ended already tells of its end no more: counted, it would count for good.
      if (refused || response === null || response.closed) return refused
      if (!requests.add(address)) return new AppError('too_many_connections')
      response.once('close', () => requests.remove(address))
      return null
    },
  }
}

/** Paths that tell how the server is. */
export const probes: ReadonlySet<string> = new Set(['/api/health', '/api/live', '/api/ready', '/metrics'])

/** This machine's own monitor hears how the server is, whatever else comes from here. */
const isProbeOfOurs = (request: IncomingMessage): boolean =>
  probes.has(request.url?.split('?', 1)[0] ?? '') &&
  request.headers['x-forwarded-for'] === undefined &&
  isLoopback(peerOf(request.socket))
