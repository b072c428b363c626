/** A value of a row or a parameter. Booleans are 0/1, times integer milliseconds, JSON is text; integers stay below 2^53. */
export type Cell = string | number | null
export type Row = Readonly<Record<string, Cell>>

/**
 * One statement with its parameters, as a Kysely query compiles to it: `?` on SQLite, `$1` on PostgreSQL. `within` ends a
 * read early; without it every row that the statement selects is read.
 */
export type Query = { readonly sql: string; readonly parameters: readonly unknown[]; readonly within?: Within }

/**
 * The read ends behind the first row with which the bytes of `column` (UTF-8) add up to more than `bytes`. That row is
 * answered too, so that the reader sees that there is more: at most `bytes` and one value are read.
 */
export type Within = { readonly column: string; readonly bytes: number }

/**
 * What features see of the database. No open transactions cross this interface: a write is a list of statements that
 * stand or fall together. Rejects with AppError `storage_unavailable` when the database is away or the disk full, and
 * with `UniqueViolation` when a unique index refused a row.
 */
export type Database = {
  readonly dialect: 'sqlite' | 'postgres'
  /** One statement's rows; resolves when all that it saw is durable. */
  all<R extends Row = Row>(query: Query): Promise<R[]>
  /** The statements in one transaction; resolves with each one's rows when they are durable. */
  write(queries: readonly Query[]): Promise<Row[][]>
  /** Whether it answers and takes writes now; for health checks. Never rejects. */
  alive(): Promise<boolean>
  close(): Promise<void>
}

/** What a driver tells those who watch over the server. */
export type DatabaseWatch = {
  /** Once, when it opens: how to ask for the bytes of SQLite's write-ahead log. */
  walBytes?: (ask: () => number) => void
  /** The write-ahead log cannot start over and has grown far, or starts over again. */
  blocked?: (state: { isBlocked: boolean; walBytes: number; bound: number }) => void
  /** PostgreSQL has stopped answering, or answers again. */
  away?: (isAway: boolean) => void
  /** Once for each lane: how to ask how many wait in it for a connection. */
  waiting?: (lane: string, ask: () => number) => void
  /** One was told to come back, for too many waited in this lane, or too long. */
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

/** One step of the schema, never edited once released. Ids sort in the order of their features' steps: `0001-room-log`. */
export type Migration = { id: string; sqlite: string; postgres: string }
