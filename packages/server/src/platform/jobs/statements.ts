import { AppError } from '../../core/error.ts'
import type { Cell, Database, Query } from '../db/database.ts'
import type { JobRun, NewJob } from './contract.ts'

export type Dialect = Database['dialect']

/** A job as it is stored; `room` 0: of no room. */
export type JobRow = {
  readonly id: string
  readonly name: string
  readonly v: number
  readonly payload: string
  readonly room: number
  readonly user: number
  readonly key: string | null
  readonly due_at: number
}

/** A change of the table in someone else's transaction. `keep`: a timer that is set for an earlier time stays (rule JB2). */
export type JobWrite =
  | { readonly kind: 'put'; readonly row: JobRow; readonly keep: boolean }
  | { readonly kind: 'cancel'; readonly room: number; readonly name: string; readonly key: string }
  | { readonly kind: 'settle'; readonly run: JobRun }

/** Bytes of a payload's JSON (rule JB4). */
const payloadBytes = 65_536

/** Throws `too_large` for a payload over its bound. */
export function jobRow({ id, type, payload, user }: NewJob, room: number, key: string | null, due_at: number): JobRow {
  const text = JSON.stringify(payload)
  if (Buffer.byteLength(text) > payloadBytes) throw new AppError('too_large', { details: { limit: payloadBytes } })
  return { id, name: type.name, v: type.v, payload: text, room, user, key, due_at }
}

/** Makes statements whose text is the same for both databases but for the marks of their parameters. */
export function statementsFor<Value = Cell>(dialect: Dialect) {
  return (sql: string) => {
    let mark = 0
    const text = dialect === 'sqlite' ? sql : sql.replaceAll('?', () => `$${++mark}`)
    return (...parameters: readonly Value[]): Query & { parameters: readonly Value[] } => ({ sql: text, parameters })
  }
}

const columns = 'id, name, v, payload, room, of_user, key, due_at, run, failures, state, done, created_at'
const given = { sqlite: ['?', '?'], postgres: ['?::text', '?::bigint'] } as const

/** The statements with which the room engine's commits and the transactions of features change jobs. */
export function createJobStatements(dialect: Dialect) {
  const statement = statementsFor(dialect)
  const [text, int] = given[dialect]
  const values = [text, text, int, text, int, int, text, int, '0', '0', `'waiting'`, '0', int].join(', ')
  const insert = statement(`INSERT INTO jobs (${columns}) VALUES (${values})`)
  const remove = statement('DELETE FROM jobs WHERE room = ? AND name = ? AND key = ?')
  // A timer that stays is not written.
  const keep = statement(
    `INSERT INTO jobs (${columns}) VALUES (${values}) ON CONFLICT (room, name, key) WHERE key IS NOT NULL
     DO UPDATE SET due_at = excluded.due_at WHERE jobs.due_at IS NULL OR jobs.due_at > excluded.due_at`,
  )
  const drop = statement('DELETE FROM jobs WHERE id = ? AND run = ? AND due_at IS NULL')
  const rest = statement(
    `UPDATE jobs SET owner = NULL, state = 'waiting', failures = 0, run = run + 1 WHERE id = ? AND run = ? AND due_at IS NOT NULL`,
  )
  const finish = statement(
    `UPDATE jobs SET owner = NULL, state = 'done', key = NULL, due_at = NULL, error = NULL, run = run + 1, ended_at = ?
     WHERE id = ? AND run = ?`,
  )
  const cells = ({ id, name, v, payload, room, user, key, due_at }: JobRow, now: number) =>
    [id, name, v, payload, room, user, key, due_at, now] as const

  return {
    /** The statements of one change, in order. */
    write(write: JobWrite, now: number): (Query & { parameters: readonly Cell[] })[] {
      switch (write.kind) {
        case 'put': {
          const { row } = write
          if (row.key === null) return [insert(...cells(row, now))]
          if (write.keep) return [keep(...cells(row, now))]
          return [remove(row.room, row.name, row.key), insert(...cells(row, now))]
        }
        case 'cancel':
          return [remove(write.room, write.name, write.key)]
        case 'settle': {
          const { id, run, shown } = write.run
          // A job that was asked for again while it ran waits again (rule JB2).
          return shown ? [finish(now, id, run)] : [rest(id, run), drop(id, run)]
        }
      }
    },
    /** Stores a job, if the query has a row. */
    putWhen(row: JobRow, when: Query, now: number): Query {
      const own = cells(row, now)
      if (dialect === 'sqlite') {
        return {
          sql: `INSERT INTO jobs (${columns}) SELECT ${values} WHERE EXISTS (${when.sql})`,
          parameters: [...own, ...when.parameters],
        }
      }
      let mark = when.parameters.length
      const marked = values.replaceAll('?', () => `$${++mark}`)
      return {
        sql: `INSERT INTO jobs (${columns}) SELECT ${marked} WHERE EXISTS (${when.sql})`,
        parameters: [...when.parameters, ...own],
      }
    },
    /** Locks the job's row, for a commit that settles it; a row while the run holds it (rule JB6). */
    held: statement(`SELECT id, run FROM jobs WHERE id = ? AND run = ? ${dialect === 'postgres' ? 'FOR UPDATE' : ''}`),
  }
}
