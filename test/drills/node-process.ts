// A node of the drills: a room engine and a worker on a database. Commands come on stdin, reports go to stdout: JSON lines.
import { createInterface } from 'node:readline'
import { systemClock, systemTimers } from '../../packages/server/src/core/clock.ts'
import { createJobs, handle, jobMetrics, newJob } from '../../packages/server/src/platform/jobs/jobs.ts'
import { plain, timer } from '../../packages/server/src/platform/jobs/testing/drill-jobs.ts'
import { createMetrics } from '../../packages/server/src/platform/metrics/metrics.ts'
import {
  call,
  createRoom,
  createWorld,
  openPostgresAt,
  openSqliteAt,
  say,
} from '../../packages/server/src/room/testing/engine.ts'
import type { RoomRow } from '../../packages/server/src/room/types.ts'
import type { Order, Told } from './node.ts'

const [, , kind = '', place = ''] = process.argv
const db = kind === 'sqlite' ? await openSqliteAt(place) : await openPostgresAt(place)
const tell = (told: Told) => void process.stdout.write(`${JSON.stringify(told)}\n`)
const fail = (error: unknown) => void process.stderr.write(`${String(error)}\n`)

const queue = createJobs({
  ...{ db, clock: systemClock, timers: systemTimers, metrics: createMetrics(Object.values(jobMetrics)) },
  log: { error: fail, warn: fail },
  unreadable: fail,
  onFailure: fail,
})
const { engine } = createWorld(db, { clock: { ...systemClock, advance() {} }, jobs: queue.commits })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

await queue.start([
  handle(timer, async ({ room_id, name, due, work_ms }, { run }) => {
    tell({ told: 'began', name })
    if (work_ms > 0) await pause(work_ms)
    await engine.commit(call(room_id, [say(name), { op: 'settle', run }]))
    tell({ told: 'ended', name, late: Date.now() - due - work_ms })
  }),
  handle(plain, async ({ name, work_ms }) => {
    tell({ told: 'began', name })
    await pause(work_ms)
    tell({ told: 'ended', name, late: 0 })
  }),
])
tell({ told: 'ready' })

let rooms: RoomRow[] = []

/** Sets timers: the first is due at `at`, each next one `apart` ms later. */
async function setTimers({ count, at, apart, work_ms }: Extract<Order, { order: 'timers' }>): Promise<void> {
  while (rooms.length < Math.min(count, 500))
    rooms = [...rooms, ...(await Promise.all(Array.from({ length: 20 }, () => createRoom(engine))))]
  for (let n = 0; n < count; n += 250) {
    const some = Array.from({ length: Math.min(250, count - n) }, (_, more) => n + more)
    await Promise.all(
      some.map((each) => {
        const room = rooms[each % rooms.length]
        if (!room) throw new Error('There are no rooms')
        const due = at + each * apart
        const job = newJob(timer, { room_id: room.id, name: `t${each}`, due, work_ms })
        return engine.commit(call(room.id, [{ op: 'schedule', job, key: `k${each}`, at: due }]))
      }),
    )
  }
}

/** Sends a message every 10 ms; measures each from the time at which it should have been sent. */
async function sendMessages(ms: number): Promise<number[]> {
  const room = await createRoom(engine)
  const taken: Promise<number>[] = []
  const started = performance.now()
  for (let n = 0; n * 10 < ms; n += 1) {
    const due = started + n * 10
    if (due > performance.now()) await pause(due - performance.now())
    taken.push(engine.commit(call(room.id, [say(`m${n}`)])).then(() => performance.now() - due))
  }
  return Promise.all(taken)
}

async function wordsOf(): Promise<string[]> {
  const found = await db.all<{ body: string }>({
    sql: `SELECT body FROM events WHERE type = 'test.said'`,
    parameters: [],
  })
  return found.map(({ body }) => String(JSON.parse(body).word)).filter((word) => word.startsWith('t'))
}

async function obey(order: Order): Promise<Told> {
  switch (order.order) {
    case 'timers':
      await setTimers(order)
      return { told: 'done' }
    case 'jobs': {
      const names = Array.from({ length: order.count }, (_, n) => `${order.name}${n}`)
      for (let n = 0; n < names.length; n += 50) {
        const some = names.slice(n, n + 50)
        await Promise.all(some.map((name) => queue.jobs.enqueue(newJob(plain, { name, work_ms: order.work_ms }))))
      }
      return { told: 'done' }
    }
    case 'messages':
      return { told: 'numbers', numbers: await sendMessages(order.ms) }
    case 'cpu': {
      const before = process.cpuUsage()
      await pause(order.ms)
      const { user, system } = process.cpuUsage(before)
      return { told: 'numbers', numbers: [(user + system) / 1000 / order.ms] }
    }
    case 'words':
      return { told: 'words', words: await wordsOf() }
    case 'left': {
      const [row] = await db.all<{ n: number }>({
        sql: `SELECT count(*) AS n FROM jobs WHERE name LIKE 'drill.%'`,
        parameters: [],
      })
      return { told: 'numbers', numbers: [row?.n ?? 0] }
    }
  }
}

for await (const line of createInterface(process.stdin)) {
  // The parent waits for each command, except the one that sends messages.
  obey(JSON.parse(line)).then(tell, (error: unknown) => {
    fail(error)
    process.exit(1)
  })
}
await queue.stop()
await db.close()
process.exit(0)
