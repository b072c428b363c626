// Clients of the feed drill, in a process of their own: connect when ordered, and count what they hear.
import { connect, type Socket } from 'node:net'
import { FrameReader } from '../../bench/src/load/frame-reader.ts'
import { textFrame } from '../../bench/src/load/client.ts'

export type ClientsOrder =
  | { order: 'connect'; port: number; tokens: readonly string[]; feed: boolean }
  | { order: 'count'; ms: number }
  | { order: 'disconnect' }

/** `bytes` and `lines` (changes of rooms) of all clients in the window; `late`: ms from sending a message to hearing of it. */
export type ClientsTold = { bytes: number; lines: number; late: number[] }

const upgrade = (port: number): string =>
  `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
  'Connection: Upgrade\r\nSec-WebSocket-Key: cGFybG9yLWJlbmNoLWtleQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'

const sentAt = /"text":"at (\d{13}) /g
let sockets: Socket[] = []
let seen: ClientsTold = { bytes: 0, lines: 0, late: [] }

function hear(payload: string, socket: Socket, auth: object, ready: () => void): void {
  if (payload === '2') socket.write(textFrame('3'))
  else if (payload.startsWith('0')) socket.write(textFrame(`40${JSON.stringify(auth)}`))
  else if (payload.startsWith('40')) ready()
  else if (payload.startsWith('42["rooms_changed"')) {
    const now = Date.now()
    for (const [, at] of payload.matchAll(sentAt)) {
      seen.lines += 1
      seen.late.push(now - Number(at))
    }
  }
}

function open(port: number, auth: object): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const frames = new FrameReader((_, bytes, start, length) =>
    hear(bytes.toString('utf8', start, start + length), socket, auth, resolve),
  )
  let isUpgraded = false
  socket.on('data', (chunk) => {
    seen.bytes += chunk.length
    // The answer to the upgrade comes by itself, or with the first frame behind it.
    const from = isUpgraded ? 0 : chunk.indexOf('\r\n\r\n') + 4
    isUpgraded = true
    frames.push(chunk, from, chunk.length)
  })
  socket.on('error', reject)
  socket.on('close', () => reject(new Error('The server closed a connection')))
  socket.write(upgrade(port))
  sockets.push(socket)
  return promise
}

async function obey(order: ClientsOrder): Promise<ClientsTold> {
  if (order.order === 'connect') {
    const { port, tokens, feed } = order
    for (let at = 0; at < tokens.length; at += 50)
      await Promise.all(tokens.slice(at, at + 50).map((token) => open(port, { token, lobby: false, feed })))
  } else if (order.order === 'count') {
    seen = { bytes: 0, lines: 0, late: [] }
    await new Promise((resolve) => setTimeout(resolve, order.ms))
  } else {
    for (const socket of sockets) socket.removeAllListeners('close').destroy()
    sockets = []
  }
  return seen
}

process.on('message', (order: ClientsOrder) => {
  obey(order).then(
    (told) => process.send?.(told),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit())
