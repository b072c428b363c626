import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { AppError } from '../../core/error.ts'

/** Whether an address belongs to a trusted proxy. */
export type ProxyTrust = (address: string) => boolean

const namedNetworks: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** Reads the list of TRUST_PROXY: addresses, networks (`10.0.0.0/8`) and the names above. */
export function trustProxies(list: readonly string[]): ProxyTrust {
  const trusted = new BlockList()
  for (const entry of list.flatMap((item) => namedNetworks[item] ?? [item])) {
    const [network = '', bits] = entry.split('/')
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) trusted.addAddress(network, family)
    else trusted.addSubnet(network, Number(bits), family)
  }
  return (address) => {
    const version = isIP(address)
    return version !== 0 && trusted.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }
}

const loopback = trustProxies(['loopback'])
export const isLoopback: ProxyTrust = loopback

/**
 * The client of a request. `remote` is the peer of the connection. X-Forwarded-For is read from the right, because each proxy
 * appends its peer: the first address that is no trusted proxy is the client; the client may have invented those left of it.
 */
export function clientAddress(remote: string | undefined, forwardedFor: string | undefined, trust: ProxyTrust): string {
  let client = plainAddress(remote ?? '')
  if (forwardedFor === undefined) return client
  for (const entry of forwardedFor.split(',').toReversed()) {
    if (!trust(client)) break
    const before = plainAddress(withoutPort(entry.trim()))
    if (isIP(before) === 0) break
    client = before
  }
  return client
}

/** Whether the client's own connection was encrypted: the connection itself, or, as a trusted proxy says, the one to the proxy. */
export function isSecure(connection: {
  remote: string | undefined
  encrypted: boolean
  forwardedProto: string | undefined
  trust: ProxyTrust
}): boolean {
  const { remote, encrypted, forwardedProto, trust } = connection
  if (encrypted) return true
  if (forwardedProto === undefined || !trust(plainAddress(remote ?? ''))) return false
  const first = forwardedProto.split(',', 1)[0]?.trim().toLowerCase()
  return first === 'https' || first === 'wss'
}

/** The peer of a connection: the client, or the proxy in front of it. */
export const peerOf = ({ remoteAddress = '' }: Socket): string => plainAddress(remoteAddress)

/** The client of a request, and whether its connection was encrypted. */
export type RequestSource = { address: string; isSecure: boolean }

export function requestSourceOf({ socket, headers }: IncomingMessage, trust: ProxyTrust): RequestSource {
  const remote = socket.remoteAddress
  const encrypted = socket instanceof TLSSocket
  const forwardedProto = headerLine(headers['x-forwarded-proto'])
  return {
    address: clientAddress(remote, headerLine(headers['x-forwarded-for']), trust),
    isSecure: isSecure({ remote, encrypted, forwardedProto, trust }),
  }
}

export const insecure = (): AppError => new AppError('forbidden', { text: 'Use HTTPS' })

/** A header that Node may hand over as a list, as the one line that it was. */
const headerLine = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value

/** An IPv4 client of a socket that listens on IPv6 is written `::ffff:192.0.2.1`. */
function plainAddress(address: string): string {
  const mapped = address.startsWith('::ffff:') ? address.slice(7) : address
  return isIP(mapped) === 4 ? mapped : (address.split('%', 1)[0] ?? address)
}

/** `192.0.2.1:4711` and `[2001:db8::1]:4711`, as some proxies write. */
function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1]
  return bracketed ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry)?.[1] ?? entry
}
