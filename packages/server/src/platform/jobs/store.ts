import type { Cell, Query, Row } from '../db/database.ts'
import type { AnyDatabase } from '../db/open-database.ts'
import type { JobRun, JobState, JobView } from './contract.ts'
import type { Heartbeat } from './leases.ts'
import { createJobStatements, type Dialect, type JobRow, statementsFor } from './statements.ts'

/** A job that a worker has taken. */
export type Taken = Row & {
  id: string
  name: string
  v: number
  payload: string
  room: number
  of_user: number
  key: string | null
  run: number
  failures: number
}

/** Types that a worker has room for, and how many jobs of each. */
export type Capacity = readonly { readonly name: string; readonly most: number }[]

/** A job that returns to the line. `payload`: null if it stays the same. */
export type Move = {
  due_at: number
  payload: { v: number; text: string } | null
  failures: number
  error: string | null
}

type End = { state: Exclude<JobState, 'waiting' | 'running'>; error: string | null; result: string | null }

/** PostgreSQL takes lists as parameters. */
type Value = Cell | readonly Cell[]

/** Rows deleted by one statement. */
const pruned = 500
const taken = 'id, name, v, payload, room, of_user, key, run, failures'
const viewed = 'id, name, room, of_user AS "user", state, done, total, error, result'
/** Of a waiting job; also the condition of the index by which due jobs are found. */
const free = 'owner IS NULL AND due_at IS NOT NULL'

export type JobStore = ReturnType<typeof createJobStore>

/** The table of jobs, outside the transactions of others. What ends or moves a job answers false if the run has lost it (rule JB6). */
export function createJobStore(db: AnyDatabase) {
  const statement = statementsFor<Value>(db.dialect)
  const { write } = createJobStatements(db.dialect)
  const lists = listsOf(db.dialect)
  const firstDue = statement(lists.firstDue)
  const renew = statement(
    'INSERT INTO job_workers (id, beat, at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET beat = excluded.beat, at = excluded.at',
  )
  const held = statement(
    'SELECT j.id, j.run, j.failures, j.owner, w.beat FROM jobs j LEFT JOIN job_workers w ON w.id = j.owner WHERE j.owner IS NOT NULL',
  )
  const release = statement(
    `UPDATE jobs SET owner = NULL, state = 'waiting', due_at = ?, run = run + 1, failures = failures + ?
     WHERE id IN (SELECT id FROM jobs WHERE owner = ? ORDER BY id ${lists.skipLocked})
     AND (? = 0 OR coalesce((SELECT beat FROM job_workers WHERE id = ?), -1) = ?)`,
  )
  const forget = statement('DELETE FROM job_workers WHERE id = ? AND (? = 0 OR beat = ?)')
  const move = statement(
    `UPDATE jobs SET owner = NULL, state = 'waiting', due_at = ${lists.least}(coalesce(due_at, ?), ?), run = run + 1,
       payload = coalesce(?, payload), v = coalesce(?, v), failures = ?, error = ? WHERE id = ? AND run = ? RETURNING id`,
  )
  const end = statement(
    `UPDATE jobs SET owner = NULL, state = ?, key = NULL, due_at = NULL, run = run + 1, error = ?, result = ?, ended_at = ?
     WHERE id = ? AND run = ? RETURNING id`,
  )
  const cancel = statement(
    `UPDATE jobs SET owner = NULL, state = 'cancelled', key = NULL, due_at = NULL, run = run + 1, ended_at = ?
     WHERE id = ? AND ended_at IS NULL`,
  )
  const progress = statement('UPDATE jobs SET done = ?, total = ? WHERE id = ? AND run = ? RETURNING id')
  const view = statement(`SELECT ${viewed} FROM jobs WHERE id = ?`)
  const begin = statement(
    `INSERT INTO jobs (id, name, v, payload, room, of_user, key, due_at, run, failures, state, done, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 'waiting', 0, ?) ON CONFLICT (room, name, key) WHERE key IS NOT NULL DO NOTHING`,
  )
  const sooner = statement(
    `UPDATE jobs SET due_at = ? WHERE room = 0 AND name = ? AND key = ? AND ${free} AND due_at > ?`,
  )
  const prune = statement(
    `DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = ? AND ended_at < ? ORDER BY ended_at LIMIT ${pruned}) RETURNING id`,
  )
  const pruneWorkers = statement('DELETE FROM job_workers WHERE at < ?')

  const changed = async (query: Query): Promise<boolean> => ((await db.write([query]))[0]?.length ?? 0) > 0

  /** On SQLite this does not wait for the disk: a taking that a power cut loses has not happened. */
  async function writeSoon(query: Query): Promise<Row[]> {
    if (db.dialect === 'postgres') return (await db.write([query]))[0] ?? []
    for (let gate = db.gate(); gate !== null; gate = db.gate()) await gate
    return db.transaction(() => db.read((ask) => ask(query)))
  }

  return {
    /** Stores a job in a transaction of its own. */
    async put(row: JobRow, keep: boolean, now: number): Promise<void> {
      await db.write(write({ kind: 'put', row, keep }, now))
    },

    /** When the first job of these types is due, without those `except`ed; null: none waits. */
    async firstDue(names: readonly string[], except: readonly string[]): Promise<number | null> {
      const [row] = await db.all<Row & { due: number | null }>(firstDue(lists.of(except), lists.of(names)))
      return row?.due ?? null
    },

    /** Takes due jobs, those that have been due longest first; at most `most` in all. */
    async take(
      owner: string,
      now: number,
      capacity: Capacity,
      most: number,
      except: readonly string[],
    ): Promise<Taken[]> {
      const { sql, parameters } = lists.due(capacity, now, most, except)
      const text = `UPDATE jobs SET owner = ?, due_at = NULL, run = run + 1, state = 'running' WHERE id IN (${sql}) RETURNING ${taken}`
      const rows = await writeSoon(statement(text)(owner, ...parameters))
      // Sound: these are the columns that the statement answers.
      return rows as Taken[]
    },

    async renew(owner: string, beat: number, now: number): Promise<void> {
      await db.write([renew(owner, beat, now)])
    },

    /** All running jobs, and the leases of their workers. */
    held: () => db.all<Row & Heartbeat & { id: string; run: number; failures: number }>(held()),

    /** Takes its jobs from a worker that is gone, unless it has renewed its lease since (rule JB5). */
    async release({ owner, beat }: Heartbeat, now: number): Promise<void> {
      await db.write([release(now, 1, owner, 1, owner, beat ?? -1), forget(owner, 1, beat ?? -1)])
    },

    /** A worker that stops gives its jobs back (rule JB11). */
    async giveBack(owner: string, now: number): Promise<void> {
      await db.write([release(now, 0, owner, 0, owner, -1), forget(owner, 0, -1)])
    },

    move: ({ id, run }: JobRun, { due_at, payload, failures, error }: Move) =>
      changed(move(due_at, due_at, payload?.text ?? null, payload?.v ?? null, failures, error, id, run)),

    end: ({ id, run }: JobRun, { state, error, result }: End, now: number) =>
      changed(end(state, error, result, now, id, run)),

    /** Ends a job of which nothing is kept, or lets it wait again if it was asked for again meanwhile (rule JB2). */
    async settle(run: JobRun, now: number): Promise<void> {
      await db.write(write({ kind: 'settle', run }, now))
    },

    progress: ({ id, run }: JobRun, done: number, total: number | null) => changed(progress(done, total, id, run)),

    async view(id: string): Promise<JobView | null> {
      const [row] = await db.all<Row & JobView>(view(id))
      return row ?? null
    },

    /** A job that has ended stays as it is. */
    async cancel(id: string, now: number): Promise<void> {
      await db.write([cancel(now, id)])
    },

    /** Makes the row of a recurring job, or brings it forward to `due_at` if it is due later. */
    async recur(row: JobRow & { key: string }, now: number): Promise<void> {
      const { id, name, v, payload, room, user, key, due_at } = row
      await db.write([begin(id, name, v, payload, room, user, key, due_at, now), sooner(due_at, name, key, due_at)])
    },

    /** Deletes ended jobs, and leases of workers that are long gone. Answers how many jobs. */
    async prune(ended: readonly { state: JobState; before: number }[], workersBefore: number): Promise<number> {
      await db.write([pruneWorkers(workersBefore)])
      let total = 0
      for (const { state, before } of ended) {
        for (let found = pruned; found === pruned; total += found)
          found = (await db.write([prune(state, before)]))[0]?.length ?? 0
      }
      return total
    },
  }
}

type Lists = {
  /** A list of texts as one parameter. */
  of(texts: readonly string[]): string | readonly string[]
  /** Parameters: the ids that are left out, the names. */
  firstDue: string
  /** The ids of due jobs. */
  due(capacity: Capacity, now: number, most: number, except: readonly string[]): { sql: string; parameters: Value[] }
  skipLocked: string
  least: string
}

/** What differs between the databases: lists as parameters, and taking a bounded number of each type. */
function listsOf(dialect: Dialect): Lists {
  const firstOf = (list: string, name: string, except: string) =>
    `SELECT min(due) AS due FROM (SELECT (SELECT due_at FROM jobs WHERE name = ${name} AND ${free}
       AND id NOT IN (${except}) ORDER BY due_at LIMIT 1) AS due FROM ${list}) AS each_name`
  if (dialect === 'sqlite') {
    const one = `SELECT * FROM (SELECT id, due_at FROM jobs WHERE name = ? AND ${free} AND due_at <= ?
      AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY due_at LIMIT ?)`
    return {
      of: (texts) => JSON.stringify(texts),
      firstDue: firstOf('json_each(?) AS wanted', 'wanted.value', 'SELECT value FROM json_each(?)'),
      due: (capacity, now, most, except) => ({
        sql: `SELECT id FROM (${capacity.map(() => one).join(' UNION ALL ')}) ORDER BY due_at LIMIT ?`,
        parameters: [
          ...capacity.flatMap((each) => [each.name, now, JSON.stringify(except), Math.min(each.most, most)]),
          most,
        ],
      }),
      skipLocked: '',
      least: 'min',
    }
  }
  return {
    of: (texts) => texts,
    firstDue: firstOf('unnest(?::text[]) AS wanted', 'wanted', 'SELECT unnest(?::text[])'),
    due: (capacity, now, most, except) => ({
      sql: `SELECT due.id FROM unnest(?::text[], ?::bigint[]) AS wanted (name, most) CROSS JOIN LATERAL (
          SELECT id, due_at FROM jobs WHERE jobs.name = wanted.name AND ${free} AND due_at <= ? AND id <> ALL (?::text[])
          ORDER BY due_at LIMIT wanted.most FOR UPDATE SKIP LOCKED) AS due
        ORDER BY due.due_at LIMIT ?`,
      parameters: [
        capacity.map(({ name }) => name),
        capacity.map((each) => Math.min(each.most, most)),
        now,
        except,
        most,
      ],
    }),
    skipLocked: 'FOR UPDATE SKIP LOCKED',
    least: 'least',
  }
}
