import { z } from 'zod'
import type { UnreadableRow } from '../../../core/stored.ts'
import { manualTime } from '../../../core/testing/manual-time.ts'
import { watchAsked } from '../../../features/testing/settled.ts'
import { roomMigrations } from '../../../room/sql/tables.ts'
import type { Migration, Row } from '../../db/database.ts'
import type { AnyDatabase } from '../../db/open-database.ts'
import { createMetrics } from '../../metrics/metrics.ts'
import {
  createJobs,
  defineJob,
  handle,
  type JobContext,
  type JobHandler,
  jobMetrics,
  jobMigrations,
  type JobOutcome,
  type JobType,
} from '../jobs.ts'

/** The table `causes` stands for what features store. */
export const migrations: readonly Migration[] = [
  ...roomMigrations,
  ...jobMigrations,
  {
    id: '9000-causes',
    sqlite: 'CREATE TABLE causes (id INTEGER PRIMARY KEY) STRICT',
    postgres: 'CREATE TABLE causes (id BIGINT PRIMARY KEY)',
  },
]

const payload = z.object({ n: z.int() })
type Run = (n: number, context: JobContext) => Promise<JobOutcome | void> | JobOutcome | void

/** A type of jobs of the tests, and a handler. */
export const test = (name: string, more: Partial<JobType<typeof payload>> = {}) =>
  defineJob({ name: `test.${name}`, summary: 'A job of the tests.', payload, ...more })
export const does = (type: JobType<typeof payload>, run: Run): JobHandler =>
  handle(type, async ({ n }, context) => run(n, context))

/** A worker with a clock of its own, as every node has. */
export async function startNode(given: AnyDatabase, handlers: readonly JobHandler[], random = () => 0.5) {
  const { db, settled } = watchAsked(given)
  const { clock, timers, advance, step } = manualTime()
  const failures: unknown[] = []
  const unreadable: UnreadableRow[] = []
  const logged: string[] = []
  const metrics = createMetrics(Object.values(jobMetrics))
  const note = (level: string) => (_fields: unknown, text?: string) => void logged.push(`${level}: ${text}`)
  const queue = createJobs({
    ...{ db, clock, timers, metrics, random },
    log: { error: note('error'), warn: note('warn') },
    unreadable: (row) => void unreadable.push(row),
    onFailure: (error) => void failures.push(error),
  })
  await queue.start(handlers)
  await settled()
  return {
    ...{ ...queue, db: given, clock, failures, unreadable, logged, step, settled },
    /** Stores a job, and lets it begin if it is due. */
    async put(...given: Parameters<typeof queue.jobs.enqueue>) {
      await queue.jobs.enqueue(...given)
      await settled()
    },
    /** Lets so many ms pass, a step at a time, so that what a timer begins is done before the next one is due. */
    async pass(ms: number, stepMs = 250) {
      for (let left = ms; left > 0; left -= stepMs) {
        advance(Math.min(left, stepMs))
        await settled()
      }
    },
    async close() {
      await queue.stop()
      metrics.stop()
    },
  }
}

export const rowsOf = async (db: AnyDatabase, sql: string): Promise<Row[]> =>
  (await db.all({ sql, parameters: [] })).map((row) => ({ ...row }))

/** The jobs of the tests, as text: name, state, failures. */
export const statesOf = async (db: AnyDatabase): Promise<string[]> =>
  (await rowsOf(db, `SELECT name, state, failures FROM jobs WHERE name LIKE 'test.%' ORDER BY id`)).map(
    ({ name, state, failures }) => `${name} ${state} ${failures}`,
  )
