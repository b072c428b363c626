import { connect, type Socket } from 'node:net'

const headEnd = Buffer.from('\r\n\r\n')
const lengthHeader = /^content-length: (\d+)/im

/**
 * Keep-alive connections on bare sockets, each with one GET on its way, again and again. While it runs it never sleeps:
 * waking a sleeping reader is charged to the writer, and the slower server would pay for it at every answer.
 */
export class HttpLoad {
  answered = 0
  #isOpen = true
  readonly #sockets: Socket[] = []
  readonly #failed = Promise.withResolvers<never>()

  constructor(port: number, path: string, headers: Readonly<Record<string, string>>, connections: number) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const request = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${lines.join('')}\r\n`)
    for (let count = 0; count < connections; count++) this.#sockets.push(this.#open(port, request))
    const stayAwake = () => {
      if (this.#isOpen) setImmediate(stayAwake)
    }
    stayAwake()
  }

  /** Never resolves; rejects when an answer is not 200 or a connection ends. */
  get failed(): Promise<never> {
    return this.#failed.promise
  }

  close(): void {
    this.#isOpen = false
    for (const socket of this.#sockets) socket.removeAllListeners('close').destroy()
  }

  #open(port: number, request: Buffer): Socket {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let held: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      const size = answerSize(held)
      if (size === 0 || held.length < size) return
      if (!held.toString('latin1', 0, 12).endsWith(' 200')) this.#fail(held.toString('utf8', 0, 300))
      held = held.subarray(size)
      this.answered++
      socket.write(request)
    })
    socket.on('error', (error) => this.#fail(error.message))
    socket.on('close', () => this.#fail('the server closed a connection'))
    socket.write(request)
    return socket
  }

  #fail(reason: string): void {
    this.#failed.reject(new Error(`the HTTP load failed: ${reason}`))
    this.close()
  }
}

/** Head and body together, or 0 while the head is not all there. */
function answerSize(bytes: Buffer): number {
  const end = bytes.indexOf(headEnd)
  if (end < 0) return 0
  const length = lengthHeader.exec(bytes.toString('latin1', 0, end))?.[1]
  return end + headEnd.length + Number(length ?? 0)
}
