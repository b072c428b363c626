/** The origin and path of Socket.IO at a server that may lie under a path, which its client would take for a namespace. */
export function endpointOf(url = ''): { origin: string; path: string } {
  const [, origin = '', under = ''] = /^(\w+:\/\/[^/]*)?(.*?)\/*$/.exec(url) ?? []
  return { origin, path: `${under}/socket.io/` }
}
