/**
 * The origin and Socket.IO path of a server whose URL may have a path, which Socket.IO's client would take for a
 * namespace.
 */
export function endpointOf(url = ''): { origin: string; path: string } {
  const [, origin = '', under = ''] = /^(\w+:\/\/[^/]*)?(.*?)\/*$/.exec(url) ?? []
  return { origin, path: `${under}/socket.io/` }
}
