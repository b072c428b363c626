import { type AttackSocket, frameOf, openSocket } from '../../client/socket.ts'
import { Tally } from '../../client/tally.ts'
import { defineScenario } from '../../scenario.ts'

const [senders, signals, listeners] = [20, 300, 50]
const signal = frameOf(`42${JSON.stringify(['signal', { room_id: 'lobby', name: 'all', data: 'x'.repeat(60_000) }])}`)

export const signalsToAll = defineScenario({
  name: 'signals to all',
  what: '20 guests send 300 signals of 60 kB each to the lobby, in which 50 others listen.',
  addresses: [1, 100],
  setup: async () => null,
  async attack({ port, round, openMany, sleep, tally, isShort }) {
    // The listeners are not attackers: the bytes sent to them are counted, their answers are not.
    const heard = new Tally()
    const opened = await Promise.all(
      Array.from({ length: listeners }, (_, n) =>
        openSocket({ port, from: `127.5.${round}.${n + 1}`, tally: heard, auth: { lobby: false } }),
      ),
    )
    const listening = opened.filter((socket) => socket !== null)
    await comeIn(listening)
    const sockets = await openMany(senders, { auth: { lobby: false } })
    await comeIn(sockets)
    for (let n = 0; n < (isShort ? 100 : signals); n += 10) {
      for (const socket of sockets) socket.send(...Array.from({ length: 10 }, () => signal))
      await sleep(100)
    }
    await sleep(isShort ? 500 : 2000)
    tally.receivedBytes += heard.receivedBytes
    for (const socket of [...sockets, ...listening]) socket.destroy()
  },
})

const comeIn = (sockets: readonly AttackSocket[]) =>
  Promise.all(sockets.map((socket) => socket.request('join_room', { room_id: 'lobby' })))
