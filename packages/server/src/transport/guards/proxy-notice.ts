import type { IncomingMessage } from 'node:http'
import { peerOf, type ProxyTrust, trustProxies } from './address.ts'

export type ProxyNotice = {
  /** Looks at a request. */
  see(request: IncomingMessage): void
  /** The warning for health, or null. It names no address, because anyone may read it. */
  text(): string | null
}

/** Requests after which the warning is given. */
const enough = 20

const isPrivate = trustProxies(['loopback', 'linklocal', 'uniquelocal'])

/**
 * Notices a proxy that TRUST_PROXY does not name: X-Forwarded-For keeps arriving from a private address. All that come
 * through it count as one client then, which soon exceeds its limits. Logged once, because it does not change by itself.
 */
export function createProxyNotice(deps: { trust: ProxyTrust; warn: (text: string) => void }): ProxyNotice {
  let seen = 0
  return {
    see({ headers, socket }) {
      if (seen >= enough || headers['x-forwarded-for'] === undefined) return
      const peer = peerOf(socket)
      if (deps.trust(peer) || !isPrivate(peer)) return
      seen += 1
      if (seen === enough)
        deps.warn(
          `X-Forwarded-For keeps arriving from ${peer} ${meaning} If a proxy of yours runs there, add ${peer} to it.`,
        )
    },
    text: () => (seen < enough ? null : `X-Forwarded-For keeps arriving from a private address ${meaning}`),
  }
}

const meaning = 'that TRUST_PROXY does not name: everyone behind it counts as one client.'
