import { frameOf } from '../../client/socket.ts'
import { defineScenario } from '../../scenario.ts'

/** A character that takes six bytes as JSON: 20,000 of them are 120 kB, and a snapshot has up to 50 messages. */
const message = frameOf(`42${JSON.stringify(['message', { content: `x${'\u0001'.repeat(19_999)}` }])}`)
const join = frameOf(`42${JSON.stringify(['join_room', { room_id: 'lobby' }])}`)
const [messages, joins] = [25, 200]

export const snapshotOfControlCharacters = defineScenario({
  name: 'snapshot of control characters',
  what: 'Two sockets without a token send 25 messages each of 19,999 × U+0001 to the lobby; six more, of which three take nothing, ask 200 times to join it.',
  addresses: [1, 100],
  setup: async () => null,
  async attack({ open, openMany, sleep, attackMs }) {
    const authors = await openMany(2, { auth: { lobby: false } })
    for (const author of authors) for (let n = 0; n < messages; n++) author.send(message)
    await sleep(1000)
    const joiners = (
      await Promise.all(Array.from({ length: 6 }, (_, n) => open(2 + n, { auth: { lobby: false } })))
    ).filter((socket) => socket !== null)
    for (const joiner of joiners.slice(0, 3)) joiner.stall()
    for (const joiner of joiners) joiner.send(...Array.from({ length: joins }, () => join))
    await sleep(attackMs)
    for (const socket of [...authors, ...joiners]) socket.destroy()
  },
})
