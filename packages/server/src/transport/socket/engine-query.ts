const path = '/socket.io'

/** The parameters that engine.io goes by, as it takes them: texts, an absent one as ''. */
export type EngineQuery = { readonly EIO: string; readonly transport: string; readonly sid: string }

/**
 * What a request's target asks of the Socket.IO door. Null: it is not this door's. `ambiguous`: who reads it another way
 * finds another request in it, or it asks for JSONP, which runs as a script in pages of any origin.
 */
export function readEngineTarget(target: string): EngineQuery | 'ambiguous' | null {
  const mark = target.indexOf('?')
  const place = mark === -1 ? target : target.slice(0, mark)
  if (place !== path && place !== `${path}/`) return null
  // A fragment is no part of a request's target (RFC 9112, 3.2): some readers end the query there, some do not.
  if (target.includes('#')) return 'ambiguous'
  const asked = new URLSearchParams(mark === -1 ? '' : target.slice(mark))
  const names = ['EIO', 'transport', 'sid', 'j']
  if (asked.has('j') || names.some((name) => asked.getAll(name).length > 1)) return 'ambiguous'
  const [EIO = '', transport = '', sid = ''] = names.map((name) => asked.get(name) ?? '')
  return { EIO, transport, sid }
}
