import { connect } from 'node:net'
import { defineScenario } from '../scenario.ts'

const [connections, bodyBytes] = [4000, 63 * 1024]
/** Connections that an address may have. */
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
    // The kernel opens them; a server that waits for a core comes to them later, and closes those that are too many.
    for (let looks = 0; held() > cap && looks < 100; looks += 1) await sleep(100)
    tally.count('held', held())
    // The rest would be counted as the server's doing.
    for (const socket of sockets) socket.removeAllListeners('close').destroy()
    await sleep(500)
  },
  // Whoever is over the cap is told so, or only cut: nothing of theirs was read that could be answered.
  // One poll of the loop brings the first 64 KiB of up to 1,024 connections, which Node copies before we see any of it.
  bounds: { told: null, held: { most: cap }, 'turn p99.9': { most: 30 }, 'delay p99': { most: 100 } },
})
