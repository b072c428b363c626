import { defineScenario } from '../../scenario.ts'
import { fill, guests, room } from '../../stand.ts'

const [readers, reads] = [20, 200]

export const burstOfReads = defineScenario({
  name: 'burst of reads',
  what: '20 guests spend their bursts of 200 reads each on pages of 60 messages of 8 kB.',
  addresses: [1, 20],
  async setup({ url }) {
    const [host, ...others] = await guests(url, 1 + 10 * readers, 'Reader')
    if (!host) throw new Error('no host')
    const room_id = await room(url, host)
    await fill(url, room_id, host.token, 60, 8000)
    return { room_id, tokens: others.map(({ token }) => token) }
  },
  async attack({ http, round, stage: { room_id, tokens } }) {
    const path = `/api/rooms/${room_id}/messages?limit=60`
    const mine = tokens.slice((round % 10) * readers, (round % 10) * readers + readers)
    const clients = mine.map((token, n) => ({ token, client: http(n, 20) }))
    await Promise.all(
      clients.flatMap(({ token, client }) =>
        Array.from({ length: reads }, () => client.call({ path, token, patienceMs: 30_000 })),
      ),
    )
    for (const { client } of clients) client.destroy()
  },
  bounds: {
    'send p99': { most: 250 },
    told: null,
  },
})
