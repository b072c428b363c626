import { frameOf } from '../../client/socket.ts'
import { defineScenario } from '../../scenario.ts'
import { fill, guests, room } from '../../stand.ts'

const [sockets, joins] = [5, 100]

export const recoveryStorm = defineScenario({
  name: 'recovery storm',
  what: '5 sockets without a token ask 100 times each for all since the start of a public room of 600 messages of 60 kB.',
  addresses: [1, 100],
  async setup({ url }) {
    const [host] = await guests(url, 1, 'Host')
    if (!host) throw new Error('no host')
    const room_id = await room(url, host)
    // A character of three bytes: a message may have 20,000 of them, which is 60 kB.
    await fill(url, room_id, host.token, 600, 20_000, '字')
    return { room_id }
  },
  async attack({ openMany, sleep, attackMs, stage: { room_id } }) {
    const opened = await openMany(sockets, { auth: { lobby: false } })
    const join = frameOf(`42${JSON.stringify(['join_room', { room_id, after_seq: 0 }])}`)
    for (const socket of opened) socket.send(...Array.from({ length: joins }, () => join))
    await sleep(attackMs)
    for (const socket of opened) socket.destroy()
  },
  // The budgets allow these reads; they wait in the read queue.
  bounds: { told: null },
})
