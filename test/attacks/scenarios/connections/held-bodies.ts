import { connect } from 'node:net'
import { defineScenario } from '../../scenario.ts'

const [connections, bodyBytes] = [4000, 63 * 1024]
/** The limit of connections for an address. */
const cap = 2000

export const heldBodies = defineScenario({
  name: 'held bodies',
  what: '4,000 plain connections of one address send 63 KiB of a body each and hold back its end.',
  rounds: 3,
  setup: async () => null,
  async attack({ port, address, sleep, tally, isShort, attackMs }) {
    const count = isShort ? 2500 : connections
    const head = `POST /api/message HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${bodyBytes + 1}\r\n\r\n`
    const request = head + ' '.repeat(bodyBytes)
    const sockets = Array.from({ length: count }, (_, n) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: address(n) })
      let said = ''
      socket.on('error', () => {})
      socket.on('data', (chunk: Buffer) => {
        if (said.length < 2000) said += chunk.toString('latin1')
      })
      socket.on('close', () =>
        tally.count(/"code":"(\w+)"/.exec(said)?.[1] ?? (said === '' ? 'ended' : `status ${said.slice(9, 12)}`)),
      )
      socket.write(request)
      return socket
    })
    await sleep(attackMs)
    const held = () => sockets.filter((socket) => !socket.destroyed && socket.readyState === 'open').length
    // The kernel accepts connections at once; a busy server sees them later, and then closes those beyond the limit.
    for (let looks = 0; held() > cap && looks < 100; looks += 1) await sleep(100)
    tally.count('held', held())
    // Otherwise ends on this side would count as cuts by the server.
    for (const socket of sockets) socket.removeAllListeners('close').destroy()
    await sleep(500)
  },
  // Connections beyond the limit get a refusal, or are cut without one if nothing was read that could be answered.
  // One poll of the loop delivers up to 64 KiB from each of 1,024 connections; Node copies all before the server sees any.
  bounds: { told: null, held: { most: cap }, 'turn p99.9': { most: 30 }, 'delay p99': { most: 100 } },
})
