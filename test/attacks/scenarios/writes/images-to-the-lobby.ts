import { dots } from '../../../../packages/server/src/platform/media/testing/samples.ts'
import { frameOf, openSocket } from '../../client/socket.ts'
import { Tally } from '../../client/tally.ts'
import { defineScenario } from '../../scenario.ts'

const [senders, atOnce, listeners] = [200, 4, 1000]
/** Pixels of an edge: nearly 1 MiB. */
const edge = 585

export const imagesToTheLobby = defineScenario({
  name: 'images to the lobby',
  what: '200 sockets without a token send images of 1 MiB to the lobby, four at once and then all, and 1,000 others listen.',
  addresses: [1, 100],
  rounds: 3,
  async setup() {
    return { image: (await dots(edge)).toString('base64') }
  },
  async attack({ port, round, openMany, sleep, tally, isShort, stage: { image } }) {
    // The listeners are not attackers: the bytes sent to them are counted, their answers are not.
    const heard = new Tally()
    const count = isShort ? 200 : listeners
    const opened = await Promise.all(
      Array.from({ length: count }, (_, n) =>
        openSocket({ port, from: `127.5.${round}.${(n % 250) + 1}`, tally: heard, auth: {} }),
      ),
    )
    const sockets = await openMany(isShort ? 20 : senders, { auth: { lobby: false } })
    const frame = frameOf(`42${JSON.stringify(['send_image', { image, sender: 'Mallory', format: 'png' }])}`)
    // First each behind the answer to another, so that as many as possible are taken; then all at once.
    let next = 0
    const one = async () => {
      for (let socket = sockets[next++]; socket; socket = sockets[next++]) {
        const { code } = await socket.request('send_image', { image, format: 'png' })
        if (code === null) tally.count('images taken')
      }
    }
    await Promise.all(Array.from({ length: atOnce }, one))
    for (const socket of sockets) socket.send(frame)
    await sleep(isShort ? 1000 : 5000)
    tally.receivedBytes += heard.receivedBytes
    tally.count('listeners cut', heard.of('closed 1013'))
    for (const socket of [...sockets, ...opened]) socket?.destroy()
  },
  bounds: { 'listeners cut': { most: 0 } },
  // Whatever the number of addresses, people must notice as little of it as of any other attack.
  boundsOfMany: {
    ...{ 'send p95': { most: 250 }, 'join p95': { most: 250 }, 'room p95': { most: 250 } },
    ...{ 'peak RSS': { most: 200 }, 'delay p99': { most: 50 } },
  },
})
