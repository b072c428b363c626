/**
 * Whether a page of this origin may use the server. No Origin header (curl, native apps) and an origin equal to the
 * request's own host always may. The list holds origins (`https://app.example.org`), any port of a host
 * (`http://localhost:*`), `file://*` for pages opened from disk (browsers say `null`), and `*` for every origin.
 */
export function isAllowed(origin: string | undefined, host: string | undefined, list: readonly string[]): boolean {
  if (origin === undefined) return true
  const given = origin.toLowerCase()
  if (host !== undefined && isHostOf(given, host.toLowerCase())) return true
  return list.some((entry) => matches(entry.toLowerCase(), given))
}

function isHostOf(origin: string, host: string): boolean {
  const end = origin.indexOf('://')
  return end > 0 && /^https?$/.test(origin.slice(0, end)) && origin.slice(end + 3) === host
}

function matches(entry: string, origin: string): boolean {
  if (entry === '*' || entry === origin) return true
  if (entry === 'file://*') return origin === 'null' || origin.startsWith('file://')
  if (!entry.endsWith(':*')) return false
  const anyPort = entry.slice(0, -2)
  return origin === anyPort || (origin.startsWith(`${anyPort}:`) && /^\d{1,5}$/.test(origin.slice(anyPort.length + 1)))
}
