import type { HttpClient } from '../../client/http.ts'
import { defineScenario } from '../../scenario.ts'

const sessions = 200
const path = '/socket.io/?EIO=4&transport=polling'
const separator = '\u001e'
const joins = Array.from({ length: 900 }, (_, n) => `42${n}["join_room",{"room_id":"lobby"}]`).join(separator)
/** One more than a body may hold. */
const tooMany = Array.from({ length: 1001 }, () => '3').join(separator)
const headers = { 'content-type': 'text/plain; charset=utf-8' }

const post = (client: HttpClient, sid: string, body: string) =>
  client.call({ method: 'POST', path: `${path}&sid=${sid}`, body, headers })

/** Opens a polling session; null if it was refused. */
async function openPolled(client: HttpClient): Promise<string | null> {
  const { text } = await client.call({ path })
  const sid = /"sid":"([^"]+)"/.exec(text)?.[1]
  if (sid === undefined) return null
  await post(client, sid, '40{"lobby":false}')
  return sid
}

export const polledPackets = defineScenario({
  name: 'polled packets',
  what: '200 polling sessions of one address that never poll send bodies of 900 joins, one as soon as the one before is answered, and one of too many packets at last.',
  rounds: 3,
  // The sessions stay until they have not polled for 15 s.
  endsAfterMs: 16_000,
  setup: async () => null,
  async attack({ http, sleep, attackMs }) {
    const client = http(0, sessions)
    const sids: string[] = []
    while (sids.length < sessions) {
      const opened = await Promise.all(Array.from({ length: 50 }, () => openPolled(client)))
      sids.push(...opened.filter((sid) => sid !== null))
      if (opened.includes(null)) break
    }
    const until = performance.now() + attackMs
    await Promise.all(
      sids.map(async (sid) => {
        while (performance.now() < until) if ((await post(client, sid, joins)).code !== null) break
        await post(client, sid, tooMany)
      }),
    )
    await sleep(500)
    client.destroy()
  },
  // What it is told comes with its next poll, which it never makes; a second body waits behind the packets of the first.
  bounds: { told: null },
})
