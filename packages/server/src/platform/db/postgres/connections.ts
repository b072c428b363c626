import { Socket } from 'node:net'
import { Client, type ClientConfig, DatabaseError, Pool, type PoolClient, type PoolConfig, types } from 'pg'
import { systemClock, systemTimers } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import { type Breaker, createBreaker } from '../breaker.ts'
import type { DatabaseWatch } from '../database.ts'
import { createLane, type Lane } from '../lane.ts'
import { postgresError } from './error.ts'

/** The kinds of work that have connections of their own (rule DB7). Health checks have one more. */
export type LaneName = 'write' | 'point' | 'bulk'

/**
 * Divides `connections` among the lanes, minus one for health checks: half to writes, and of the rest more to long
 * reads than to short ones.
 */
export function divide(connections: number): Record<LaneName, number> {
  const rest = Math.max(3, connections - 1)
  const write = Math.max(1, Math.min(rest - 2, Math.ceil(rest / 2)))
  const point = Math.max(1, Math.floor((rest - write) / 2))
  return { write, point, bulk: rest - write - point }
}

/** A call that waits longer for a connection, or arrives when the queue is full, is refused `room_busy`. */
const lines: Record<LaneName, { line: number; waitMs: number }> = {
  write: { line: 2000, waitMs: 3000 },
  point: { line: 2000, waitMs: 2000 },
  bulk: { line: 500, waitMs: 2000 },
}
/** Timeouts in ms: connecting, over a slow network too; connecting for a health check; its answer. */
const connectMs = 3000
const healthConnectMs = 2000
const probeMs = 1500

/**
 * A client whose connection can be dropped at once: `end` waits for pending queries, which a frozen server never
 * answers. Statements that are sent in one go share a system call.
 */
class DroppableClient extends Client {
  readonly #socket: Socket
  #isHeld = false
  constructor(config?: string | ClientConfig) {
    const socket = new Socket()
    super(Object.assign({}, config, { stream: () => socket }))
    this.#socket = socket
  }
  /** Holds what is written until all promises that are due have settled: they send the rest of a transaction's statements. */
  hold() {
    if (this.#isHeld) return
    this.#isHeld = true
    this.#socket.cork()
    process.nextTick(() => {
      this.#isHeld = false
      this.#socket.uncork()
    })
  }
  drop() {
    this.#socket.destroy()
  }
}

function drop(client: PoolClient) {
  if (client instanceof DroppableClient) client.drop()
}

/** To be called before statements that others may follow at once. */
export function hold(client: PoolClient) {
  if (client instanceof DroppableClient) client.hold()
}

/** The pool. It can only be used through a lane, and the breaker watches every use. */
export type Connections = {
  /** Runs `work` with a connection of its own, in the lane. The connection returns to the pool clean, or is dropped. */
  use<T>(lane: LaneName, patienceMs: number, work: (client: PoolClient) => Promise<T>): Promise<T>
  /**
   * Runs one statement on the health connection, and drops that connection when `holds` is false for a returned row.
   */
  health(sql: string, holds?: (row: Readonly<Record<string, unknown>>) => boolean): Promise<void>
  breaker: Pick<Breaker, 'isOpen' | 'heard'>
  places: Record<LaneName, number>
  /** Including the health connection. */
  total: number
  close(): Promise<void>
}

const SYNCED = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`

export function createConnections(url: string, connections: number, watch: DatabaseWatch): Connections {
  const places = divide(connections)
  let pool = createPool(url, places.write + places.point + places.bulk)
  // Its connection stays open, so that a probe measures the server and not the time to connect.
  const healthPool = createPool(url, 1, { connectionTimeoutMillis: healthConnectMs, idleTimeoutMillis: 0 })
  const breaker = createBreaker({
    ...{ clock: systemClock, timers: systemTimers },
    probe: () => health('SELECT 1'),
    onChange(isOpen) {
      watch.away?.(isOpen)
      if (!isOpen) return
      // Connections to a server that stopped answering may be dead when it is back.
      const old = pool
      pool = createPool(url, places.write + places.point + places.bulk)
      old.end().catch(() => undefined)
      for (const lane of Object.values(lanes)) lane.refuse(new AppError('storage_unavailable'))
    },
  })
  const lane = (name: LaneName): Lane =>
    createLane({
      ...{ places: places[name], ...lines[name], clock: systemClock, timers: systemTimers },
      onBusy: () => watch.busy?.(name),
    })
  const lanes: Record<LaneName, Lane> = { write: lane('write'), point: lane('point'), bulk: lane('bulk') }
  for (const [name, { waiting }] of Object.entries(lanes)) watch.waiting?.(name, waiting)

  async function health(sql: string, holds: (row: Readonly<Record<string, unknown>>) => boolean = () => true) {
    const client = await healthPool.connect()
    try {
      const { rows } = await inTime(client.query<Record<string, unknown>>(sql), probeMs)
      if (!rows.every(holds)) throw new AppError('storage_unavailable', { cause: `Not so: ${sql}` })
      client.release()
    } catch (thrown) {
      drop(client)
      client.release(true)
      throw thrown
    }
  }

  async function leased<T>(patienceMs: number, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const givenUp = Promise.withResolvers<never>()
    givenUp.promise.catch(() => undefined)
    const lease: { client: PoolClient | null; refusal: AppError | null } = { client: null, refusal: null }
    const watched = breaker.begin(patienceMs, (error) => {
      lease.refusal = error
      if (lease.client !== null) drop(lease.client)
      givenUp.reject(error)
    })

    async function run() {
      const client = await connect()
      lease.client = client
      try {
        if (lease.refusal !== null) throw lease.refusal
        const result = await work(client)
        client.release()
        return result
      } catch (thrown) {
        const isWhole = lease.refusal === null && (await rolledBack(client, thrown))
        if (!isWhole) drop(client)
        client.release(!isWhole)
        throw thrown
      }
    }

    try {
      return await Promise.race([run(), givenUp.promise])
    } finally {
      watched.end()
    }
  }

  async function connect(): Promise<PoolClient> {
    try {
      return await pool.connect()
    } catch (thrown) {
      // A refused connection is an answer; a timeout may be the sign of a frozen server.
      if (thrown instanceof Error && /timeout/i.test(thrown.message)) breaker.suspect()
      throw postgresError(thrown)
    }
  }

  return {
    async use(name, patienceMs, work) {
      breaker.check()
      return lanes[name].run(() => {
        breaker.check()
        return leased(patienceMs, work)
      })
    },
    health,
    breaker,
    places,
    total: places.write + places.point + places.bulk + 1,
    async close() {
      breaker.stop()
      await Promise.all([pool.end(), healthPool.end()])
    },
  }
}

function createPool(url: string, max: number, more: PoolConfig = {}): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    Client: DroppableClient,
    application_name: 'parlor',
    connectionTimeoutMillis: connectMs,
    statement_timeout: 15_000,
    lock_timeout: 2000,
    idle_in_transaction_session_timeout: 5000,
    pipeline: true,
    ...more,
    types: {
      getTypeParser: (oid, format) => (oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)),
    },
  })
  // A server with `synchronous_commit = off` would acknowledge a commit before it is on the disk.
  pool.on('connect', (client) => {
    client.query(SYNCED).catch(() => undefined)
    // Without a listener the event would end the process. When a connection breaks during a transaction, its next
    // statement rejects.
    client.on('error', () => undefined)
  })
  // An idle connection broke, and the pool has dropped it. The next query gets a new connection, or the error.
  pool.on('error', () => undefined)
  return pool
}

/** SQLSTATEs after which a connection is useless: the server shuts down, or has become a read-only standby. */
const useless = /^(57P0|25006)/

/** Rolls back; whether the connection is clean and can return to the pool. */
async function rolledBack(client: PoolClient, thrown: unknown): Promise<boolean> {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown
  if (cause instanceof DatabaseError && useless.test(cause.code ?? '')) return false
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  )
}

/** Rejects after `ms`; an answer that arrived while this process's event loop was blocked still counts. */
async function inTime<T>(answer: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => setImmediate(() => late.reject(new Error('The database does not answer'))), ms)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
