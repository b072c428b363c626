import assert from 'node:assert/strict'
import { request } from 'node:http'
import { WebSocket } from 'ws'
import { type createSocketHarness, once as hears } from './socket.ts'

/** A WebSocket that speaks for itself: what it was sent, and the code it was closed with. */
export async function openRaw(port: number) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)
  const heard: string[] = []
  socket.on('message', (data: Buffer) => heard.push(data.toString()))
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('open', resolve))
  /** Waits for so many packets that start like this; throws if the connection is closed without them. */
  const hears = async (start: string, times = 1) => {
    while (heard.filter((text) => text.startsWith(start)).length < times) {
      assert.equal(socket.readyState, WebSocket.OPEN, `closed before ${start}: ${heard.join()}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  return {
    socket,
    heard,
    closed,
    hears,
    async connected() {
      socket.send('40')
      await hears('42["connected"')
    },
  }
}

/** The process and its other clients are not affected. */
export async function stillServes(door: Awaited<ReturnType<typeof createSocketHarness>>): Promise<void> {
  const client = door.client({}, { transports: ['websocket'] })
  await hears(client, 'connected')
  client.close()
}

/** Opens a polling session; answers how to send it a body, whole or only begun. */
export async function openPolled(port: number) {
  const base = `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`
  const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1))
  const post = (body: string, isWhole = true) =>
    new Promise<number | null>((resolve) => {
      const headers = { 'content-length': Buffer.byteLength(body) + (isWhole ? 0 : 1) }
      const sent = request(`${base}&sid=${sid}`, { method: 'POST', headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? null)
      })
      sent.on('error', () => resolve(null))
      sent.write(body)
      if (isWhole) sent.end()
    })
  return Object.assign(post, { path: `/socket.io/?EIO=4&transport=polling&sid=${sid}` })
}

/** Does work at once, but for one source, of which it does as much as it is told to. */
export function createSteppedIntake() {
  const waiting: (() => void)[] = []
  let stepped: unknown = null
  let steps = 0
  let last: unknown = null
  const run = () => {
    for (; steps > 0 && waiting.length > 0; steps -= 1) waiting.shift()?.()
  }
  return {
    take(source: unknown, work: () => void) {
      last = source
      if (source !== stepped) return work()
      waiting.push(work)
      return run()
    },
    /** Steps through the work of the source that came last. */
    step(count: number) {
      stepped ??= last
      steps += count
      run()
    },
  }
}
