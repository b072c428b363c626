const path = '/socket.io'

/** The query parameters that engine.io uses; '' for an absent one. */
export type EngineQuery = { readonly EIO: string; readonly transport: string; readonly sid: string }

/**
 * Parses the target of a request to the Socket.IO door. Null: another door's path. `ambiguous`: another parser would
 * read it differently, or it asks for JSONP, which runs as a script in pages of any origin.
 */
export function readEngineTarget(target: string): EngineQuery | 'ambiguous' | null {
  const mark = target.indexOf('?')
  const place = mark === -1 ? target : target.slice(0, mark)
  if (place !== path && place !== `${path}/`) return null
  // A fragment is not part of a request target (RFC 9112, 3.2): some parsers end the query there, some do not.
  if (target.includes('#')) return 'ambiguous'
  const asked = new URLSearchParams(mark === -1 ? '' : target.slice(mark))
  const names = ['EIO', 'transport', 'sid', 'j']
  if (asked.has('j') || names.some((name) => asked.getAll(name).length > 1)) return 'ambiguous'
  const [EIO = '', transport = '', sid = ''] = names.map((name) => asked.get(name) ?? '')
  return { EIO, transport, sid }
}
