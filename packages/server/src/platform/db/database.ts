/**
 * A value in a row or parameter. Booleans are 0/1, times integer milliseconds, JSON is text; integers stay below 2^53.
 */
export type Cell = string | number | null
export type Row = Readonly<Record<string, Cell>>

/**
 * One statement with its parameters, as a Kysely query compiles to it: `?` on SQLite, `$1` on PostgreSQL. `within`
 * stops a read early; without it every selected row is read.
 */
export type Query = { readonly sql: string; readonly parameters: readonly unknown[]; readonly within?: ByteBound }

/**
 * The read stops after the first row at which the total size of `column` (UTF-8 bytes) exceeds `bytes`. That row is
 * returned too, so that the caller sees that there is more: at most `bytes` plus one value are read.
 */
export type ByteBound = { readonly column: string; readonly bytes: number }

/**
 * What features see of the database. No open transaction crosses this interface: a write is a list of statements that
 * succeed or fail together. Rejects with AppError `storage_unavailable` when the database is unreachable or the disk is
 * full, and with `UniqueViolation` when a unique index refuses a row.
 */
export type Database = {
  readonly dialect: 'sqlite' | 'postgres'
  /** The rows of one statement; resolves when everything that it read is durable. */
  all<R extends Row = Row>(query: Query): Promise<R[]>
  /** Runs the statements in one transaction; resolves with the rows of each when they are durable. */
  write(queries: readonly Query[]): Promise<Row[][]>
  /** Whether the database answers and accepts writes now; for health checks. Never rejects. */
  alive(): Promise<boolean>
  close(): Promise<void>
}

/** Callbacks with which a driver reports to monitoring. */
export type DatabaseWatch = {
  /** Called once at opening, with a function that reads the size of SQLite's write-ahead log in bytes. */
  walBytes?: (ask: () => number) => void
  /** The write-ahead log cannot be reset and has grown large, or can be reset again. */
  blocked?: (state: { isBlocked: boolean; walBytes: number; bound: number }) => void
  /** PostgreSQL has stopped answering, or answers again. */
  away?: (isAway: boolean) => void
  /** Called once for each lane, with a function that counts the calls that wait in it for a connection. */
  waiting?: (lane: string, ask: () => number) => void
  /** A call was refused because too many waited in this lane, or because it waited too long. */
  busy?: (lane: string) => void
}

/** A unique index refused a row; `constraint` names the index (PostgreSQL) or the columns (SQLite). */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation'
  readonly constraint: string
  constructor(constraint: string, cause: unknown) {
    super(`refused by the unique index ${constraint}`, { cause })
    this.constraint = constraint
  }
}

/** One migration; never edited after its release. Ids sort in the order in which migrations run: `0001-room-log`. */
export type Migration = { id: string; sqlite: string; postgres: string }
