import { join as pathOf } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { quantile } from '../../../../bench/src/statistics.ts'
import type { Attacker } from '../../attacker-context.ts'
import type { AttackSocket } from '../../client/socket.ts'
import { defineScenario } from '../../scenario.ts'
import { guests, room } from '../../stand.ts'

/** 500 messages a second; with their pages the write-ahead log passes its bound (48 MiB) in a few seconds. */
const [senders, perSecond, bytes] = [60, 500, 8000]
/** Seconds without the reader, seconds in which the log grows while it reads, and seconds that are compared. */
const [without, growing, under] = [6, 8, 8]

type Stage = { dataDir: string; talkers: { token: string; room_id: string }[] }

/** Not an attack over the network: someone opens the database file to read it, as for a backup or a count. */
export const foreignReader = defineScenario({
  name: 'foreign reader',
  what: '60 guests send 500 messages a second to rooms of their own while another program holds a read transaction on the database file. `with / without` is the p99 of their acknowledgements in percent of the same without that program.',
  only: 'SQLite',
  addresses: [10],
  rounds: 3,
  isCrowd: true,
  async setup({ url, dataDir }): Promise<Stage> {
    const people = await guests(url, senders, 'Sender')
    const talkers = []
    for (const person of people) talkers.push({ token: person.token, room_id: await room(url, person) })
    return { dataDir, talkers }
  },
  async attack(attacker) {
    const { tally, stage } = attacker
    const talk = await talkersOf(attacker)
    const alone = await talk(without)
    const reader = new DatabaseSync(pathOf(stage.dataDir, 'parlor.db'), { readOnly: true })
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM rooms').get()
    await talk(growing)
    const observed = await talk(under)
    reader.close()
    tally.count('with / without', Math.round((100 * quantile(observed, 0.99)) / quantile(alone, 0.99)))
  },
  bounds: { 'crowd refused': { most: 0 }, 'with / without': { most: 200 }, told: null },
})

/** Connects the senders; the returned function sends for some seconds and returns the ms of each acknowledgement. */
async function talkersOf({ open, sleep, tally, stage }: Attacker<Stage>) {
  tally.count('crowd refused', 0)
  const talking = await Promise.all(
    stage.talkers.map(async ({ token, room_id }, n) => ({
      room_id,
      socket: await open(n, { auth: { token, lobby: false } }),
    })),
  )
  const payload = { content: 'm'.repeat(bytes) }
  return async (seconds: number): Promise<number[]> => {
    const times: number[] = []
    async function timed(socket: AttackSocket, room_id: string) {
      const at = performance.now()
      const { code } = await socket.request('send_message', { room_id, ...payload })
      if (code !== null) tally.count('crowd refused')
      times.push(performance.now() - at)
    }
    const sent: Promise<void>[] = []
    const began = performance.now()
    for (let n = 0; n < seconds * perSecond; n++) {
      const due = began + (n * 1000) / perSecond - performance.now()
      if (due > 0) await sleep(due)
      const talker = talking[n % talking.length]
      if (!talker?.socket) throw new Error('a sender could not connect')
      sent.push(timed(talker.socket, talker.room_id))
    }
    await Promise.all(sent)
    for (const ms of times) tally.time('crowd', ms)
    return times
  }
}
