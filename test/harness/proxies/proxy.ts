import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'

/** A TCP relay on loopback that a test cuts, stalls and closes, to simulate a bad network. */
export type Proxy = AsyncDisposable & {
  readonly url: string
  readonly port: number
  /** Connections relayed at the moment. */
  readonly links: number
  /** How often `cutAfter` or `cut` ended at least one link. */
  readonly cuts: number
  /** Ends all links now. */
  cut(): void
  /** Ends all links after `bytes` more bytes, even within a frame; resolves then. */
  cutAfter(bytes: number): Promise<void>
  /** Holds back all bytes in both directions until `resume`. */
  stall(): void
  resume(): void
  /** Refuses new connections (true) or accepts them again (false). */
  refuse(refusing: boolean): void
}

type Link = { client: Socket; target: Socket }

export async function startProxy(targetPort: number): Promise<Proxy> {
  const links = new Set<Link>()
  const sockets = new Set<Socket>()
  let budget = Number.POSITIVE_INFINITY
  let onSpent: (() => void) | null = null
  let refusing = false
  let stalled: PromiseWithResolvers<void> | null = null
  let cuts = 0

  function cut() {
    if (links.size > 0) cuts++
    for (const { client, target } of links) {
      client.destroy()
      target.destroy()
    }
    links.clear()
  }

  /** Passes on bytes until the budget is used up. */
  async function relay(from: Socket, to: Socket) {
    try {
      for await (const chunk of from) {
        if (stalled) await stalled.promise
        const bytes: Buffer = chunk
        if (bytes.length >= budget) {
          if (to.writable) to.write(bytes.subarray(0, budget))
          budget = Number.POSITIVE_INFINITY
          const spent = onSpent
          onSpent = null
          // The last bytes are sent before the connection ends.
          setImmediate(() => spent?.())
          return
        }
        budget -= bytes.length
        if (to.writable && !to.write(bytes)) await Promise.race([once(to, 'drain'), once(to, 'close')])
      }
      to.end()
    } catch {
      // Broken connections are the purpose of this proxy.
      to.destroy()
    }
  }

  const server = createServer((client) => {
    if (refusing) {
      client.destroy()
      return
    }
    const target = dial(targetPort, '127.0.0.1').setNoDelay(true)
    const link: Link = { client: client.setNoDelay(true), target }
    links.add(link)
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] satisfies [Socket, Socket][]) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        links.delete(link)
        other.destroy()
      })
      void relay(one, other)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get links() {
      return links.size
    },
    get cuts() {
      return cuts
    },
    cut,
    cutAfter(bytes) {
      const { promise, resolve } = Promise.withResolvers<void>()
      budget = Math.max(1, bytes)
      onSpent = () => {
        cut()
        resolve()
      }
      return promise
    },
    stall() {
      stalled ??= Promise.withResolvers<void>()
    },
    resume() {
      stalled?.resolve()
      stalled = null
    },
    refuse(value) {
      refusing = value
    },
    async [Symbol.asyncDispose]() {
      stalled?.resolve()
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
