import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { rest } from '../../../harness/rest.ts'
import { frameOf } from '../../client/socket.ts'
import { Tally } from '../../client/tally.ts'
import { defineScenario } from '../../scenario.ts'

const [sockets, perSocket, makers, rooms] = [200, 100, 20, 60]

export const freshGuests = defineScenario({
  name: 'fresh guests',
  what: '200 sockets without a token send 100 messages each to the lobby, and 20 throw-away guests make 60 public rooms each.',
  rounds: 3,
  setup: async ({ dataDir }) => ({ bytes: bytesIn(dataDir) }),
  async attack({ openMany, http, sleep, attackMs, tally }) {
    const said = new Tally()
    const opened = await openMany(sockets, { tally: said, auth: { lobby: false } })
    for (const socket of opened) for (let n = 0; n < perSocket; n++) socket.send(message(n))
    await Promise.all(
      Array.from({ length: makers }, async (_, n) => {
        const client = http(n)
        const { text, code } = await client.call({
          method: 'POST',
          path: '/api/auth/guest',
          body: { name: `Maker ${n}` },
        })
        if (code !== null) return
        const { access_token: token } = JSON.parse(text)
        const made = Array.from({ length: rooms }, (_, m) =>
          client.call({ method: 'POST', path: '/api/rooms', token, body: { name: `Spam ${n}.${m}` } }),
        )
        for (const { code: refused } of await Promise.all(made)) if (refused === null) tally.count('rooms made')
        client.destroy()
      }),
    )
    await sleep(attackMs)
    for (const socket of opened) socket.destroy()
    tally.count('messages taken', said.of('ok'))
    tally.add(said.take())
  },
  async afterwards({ url, dataDir }, { bytes }) {
    const { body } = await rest<{ items: { name: string }[] }>(url, 'GET', '/api/rooms?limit=20')
    const honest = body.items.filter(({ name }) => name.startsWith('Where they')).length
    return { 'honest rooms shown': honest, disk: (bytesIn(dataDir) - bytes) / 1024 / 1024 }
  },
  bounds: {
    // An address has ten times the budget of a caller; the attack lasts about eight seconds.
    'messages taken': { most: 10 * (40 + 10 * 8) },
    'rooms made': { most: 100 },
    'honest rooms shown': { least: 1 },
  },
})

/** Sends with an acknowledgement, so that accepted messages can be counted. */
const message = (id: number) => frameOf(`42${id}${JSON.stringify(['message', { content: 'm'.repeat(1000) }])}`)

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, { name }) => total + statSync(join(folder, name)).size, 0)
}
