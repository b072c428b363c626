/** Which origins are allowed. */
export type OriginRules = {
  /** Origins (`https://app.example.org`), any port of a host (`http://localhost:*`), `file://*`, or `*` for every origin. */
  readonly list: readonly string[]
  /**
   * Whether an origin equal to the request's own host is allowed too. Not with PUBLIC_URL, which names the server's host: else any name
   * that somebody points at this server would be allowed.
   */
  readonly hostVouches: boolean
}

/** Whether a page of this origin may use the server, reached by this `Host`. */
export type Origins = (origin: string | undefined, host: string | undefined) => boolean

/**
 * No Origin header (curl, native apps) always may. Origins are compared as URLs are (URL standard, 4.3 and 4.5): scheme
 * and host in lower case, international names in their ASCII form, without a default port or a dot at the end.
 */
export function createOrigins({ list, hostVouches }: OriginRules): Origins {
  const entries = list.map(readEntry)
  return (origin, host) => {
    if (origin === undefined) return true
    const given = readOrigin(origin)
    if (given && hostVouches && host !== undefined && isHost(given, host)) return true
    return entries.some((matches) => matches(origin, given))
  }
}

/** `port`: '' for the scheme's own. */
type Origin = { scheme: string; host: string; port: string }

type Entry = (origin: string, given: Origin | null) => boolean

function readEntry(entry: string): Entry {
  if (entry === '*') return () => true
  if (/^file:\/\/\*$/i.test(entry)) return (origin) => origin === 'null' || /^file:\/\//i.test(origin)
  const anyPort = entry.endsWith(':*')
  const allowed = readOrigin(anyPort ? entry.slice(0, -2) : entry)
  return (_origin, given) =>
    given !== null &&
    given.scheme === allowed?.scheme &&
    given.host === allowed.host &&
    (anyPort || given.port === allowed.port)
}

/** Null for what is no `scheme://host[:port]`. */
function readOrigin(text: string): Origin | null {
  if (!/^[a-z][a-z\d+.-]*:\/\/[^\s/\\?#@]+$/i.test(text) || /:(\d{6,})?$/.test(text)) return null
  const url = URL.parse(text)
  if (!url || url.hostname === '') return null
  return { scheme: url.protocol, host: url.hostname.replace(/\.$/, ''), port: url.port }
}

/**
 * Whether a page's origin is the request's own host. A proxy that ends TLS may name its own port, or the client's
 * (`$host:$server_port` in nginx), so the default ports of both schemes are one; and which scheme the page came by, only a
 * proxy knows.
 */
function isHost({ scheme, host, port }: Origin, header: string): boolean {
  if (scheme !== 'http:' && scheme !== 'https:') return false
  const own = readOrigin(`${scheme}//${header}`)
  return own !== null && own.host === host && plainPort(own.port) === plainPort(port)
}

const plainPort = (port: string): string => (port === '80' || port === '443' ? '' : port)
