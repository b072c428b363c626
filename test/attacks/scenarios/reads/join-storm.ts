import type { Attacker } from '../../attacker-context.ts'
import { frameOf } from '../../client/socket.ts'
import { defineScenario } from '../../scenario.ts'
import { fill, type Stand } from '../../stand.ts'

const join = frameOf(`42${JSON.stringify(['join_room', { room_id: 'lobby' }])}`)
const joins = Buffer.concat(Array.from({ length: 200 }, () => join))

async function setup({ url }: Stand): Promise<null> {
  await fill(url, 'lobby', undefined, 50, 2000)
  return null
}

const storm = (sockets: number) =>
  async function attack({ openMany, sleep, attackMs }: Attacker<null>) {
    const opened = await openMany(sockets, { auth: { lobby: false } })
    for (const socket of opened) socket.send(joins)
    await sleep(attackMs)
    for (const socket of opened) socket.destroy()
  }

export const joinStorm = defineScenario({
  name: 'join storm',
  what: '50 sockets without a token ask 200 times each to join a lobby of 50 messages of 2 kB.',
  addresses: [1, 100],
  setup,
  attack: storm(50),
})

export const widerJoinStorm = defineScenario({
  name: 'wider join storm',
  what: 'The same with 200 sockets.',
  addresses: [1, 100],
  setup,
  attack: storm(200),
  // The budgets of a hundred addresses allow all 20,000 joins: over 600 MB are sent in four seconds.
  boundsOfMany: {
    'send p95': { most: 2000 },
    'join p95': { most: 2000 },
    'room p95': { most: 3000 },
    'sign-in p95': { most: 2000 },
    'health max': { most: 2000 },
    'turn p99.9': { most: 20 },
  },
})
