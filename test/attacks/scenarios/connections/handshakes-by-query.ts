import { defineScenario } from '../../scenario.ts'

const sockets = 3000
/** Queries that the guard and the engine might parse differently. */
const queries = [
  'EIO=4&transport=websocket&sid=x&sid=',
  'EIO=4&transport=websocket&transport=polling',
  'EIO=4&transport=polling&transport=websocket',
  'EIO=4&transport=polling#&sid=x&transport=websocket',
  'sid=x&EIO=4&transport=websocket&sid=',
  'EIO=4&transport=websocket&sid[]=x',
  'EIO=4&transport=websocket&%73id=x',
]

export const handshakesByQuery = defineScenario({
  name: 'handshakes by query',
  what: '3,000 handshakes from one address whose query says two things at once.',
  rounds: 3,
  setup: async () => null,
  async attack({ openMany, sleep, tally, isShort }) {
    const count = isShort ? 2100 : sockets
    for (const query of queries) {
      const opened = await openMany(Math.ceil(count / queries.length), { query, auth: { lobby: false } }, 100)
      tally.count('opened', opened.length)
    }
    await sleep(500)
  },
  // The limit of connections of an address. The budget of handshakes (400 at once, 40 a second) allows fewer in the short form.
  bounds: { opened: { most: 1000 } },
  shortBounds: { opened: { most: 650 } },
})
