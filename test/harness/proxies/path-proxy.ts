import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { connect } from 'node:net'

/** A proxy that serves a server under a path of its own host, and strips the path or keeps it. */
export type PathProxy = AsyncDisposable & {
  url: string
  /** Sets the server to pass requests on to. */
  to(port: number): void
}

export async function startPathProxy(path: string, strips: boolean): Promise<PathProxy> {
  let target = 0
  /** Null for paths of this host outside the server's. */
  const onward = (url = '/') => {
    if (url !== path && !url.startsWith(`${path}/`) && !url.startsWith(`${path}?`)) return null
    if (!strips) return url
    const rest = url.slice(path.length)
    return rest.startsWith('/') ? rest : `/${rest}`
  }
  const server = createServer((incoming, answer) => {
    const url = onward(incoming.url)
    if (url === null) {
      answer.writeHead(418).end('another site')
      return
    }
    const headers = { ...incoming.headers, 'x-forwarded-for': '198.51.100.1' }
    // A connection for each request: a kept one may end just as it is used, and no request may be sent twice.
    const to = { port: target, host: '127.0.0.1', path: url, agent: false }
    const sent = request({ ...to, method: incoming.method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(answer)
    })
    sent.on('error', () => answer.destroy())
    answer.on('close', () => sent.destroy())
    incoming.pipe(sent)
  })
  server.on('upgrade', (incoming, socket, head) => {
    const url = onward(incoming.url)
    const far = connect(target, '127.0.0.1')
    const lines = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${String(value)}`)
    if (url === null) socket.destroy()
    else far.write(`GET ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    far.write(head)
    far.pipe(socket).pipe(far)
    for (const [one, other] of [
      [far, socket],
      [socket, far],
    ] as const)
      one.on('error', () => {}).on('close', () => other.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    to(given) {
      target = given
    },
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
