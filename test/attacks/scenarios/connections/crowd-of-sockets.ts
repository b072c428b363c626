import { defineScenario } from '../../scenario.ts'
import { guests, room } from '../../stand.ts'

const [sockets, addresses, seconds] = [5000, 10, 20]

export const crowdOfSockets = defineScenario({
  name: 'crowd of sockets',
  what: '5,000 sockets without a token, of 10 addresses, join one public room within 20 s and stay for 5 s.',
  addresses: [addresses],
  rounds: 1,
  isCrowd: true,
  async setup({ url }) {
    const [host] = await guests(url, 1, 'Host')
    if (!host) throw new Error('no host')
    return { room_id: await room(url, host) }
  },
  async attack({ open, sleep, tally, isShort, stage: { room_id } }) {
    const [count, span] = isShort ? [1000, 5] : [sockets, seconds]
    const began = performance.now()
    await Promise.all(
      Array.from({ length: count }, async (_, n) => {
        await sleep((n * span * 1000) / count)
        const socket = await open(n, { auth: { lobby: false } })
        if (!socket) return
        const { code } = await socket.request('join_room', { room_id }, 30_000)
        if (code === null) tally.count('joined')
      }),
    )
    tally.time('all joined', performance.now() - began)
    await sleep(isShort ? 1000 : 5000)
  },
  bounds: {
    joined: { least: sockets },
    received: { most: 300 },
    told: null,
    'peak RSS': { most: 400 },
    heap: null,
    external: null,
  },
  shortBounds: { joined: { least: 1000 }, received: { most: 60 } },
})
