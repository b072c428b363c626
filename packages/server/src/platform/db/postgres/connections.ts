import { Socket } from 'node:net'
import { Client, type ClientConfig, DatabaseError, Pool, type PoolClient, type PoolConfig, types } from 'pg'
import { systemClock, systemTimers } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import { type Breaker, createBreaker } from '../breaker.ts'
import type { DatabaseWatch } from '../database.ts'
import { createLane, type Lane } from '../lane.ts'
import { postgresError } from './error.ts'

/** What connections are kept for (rule DB7). Health has one besides. */
export type LaneName = 'write' | 'point' | 'bulk'

/** How many of `connections` each lane has, one being left to health: half to writes, and more to long reads than to short ones. */
export function divide(connections: number): Record<LaneName, number> {
  const rest = Math.max(3, connections - 1)
  const write = Math.max(1, Math.min(rest - 2, Math.ceil(rest / 2)))
  const point = Math.max(1, Math.floor((rest - write) / 2))
  return { write, point, bulk: rest - write - point }
}

/** Who waits longer for a connection, or comes when so many wait, is told to come back. */
const lines: Record<LaneName, { line: number; waitMs: number }> = {
  write: { line: 2000, waitMs: 3000 },
  point: { line: 2000, waitMs: 2000 },
  bulk: { line: 500, waitMs: 2000 },
}
/** Ms for a connection, over a slow line as well, and for an answer to health. */
const connectMs = 3000
const healthConnectMs = 2000
const probeMs = 1500

/** A connection that can be dropped at once: `end` waits for what was asked, which a frozen server never answers. */
class DroppableClient extends Client {
  readonly #socket: Socket
  constructor(config?: string | ClientConfig) {
    const socket = new Socket()
    super(Object.assign({}, config, { stream: () => socket }))
    this.#socket = socket
  }
  drop() {
    this.#socket.destroy()
  }
}

function drop(client: PoolClient) {
  if (client instanceof DroppableClient) client.drop()
}

/** The pool, and the only way to it: through a lane, watched by the breaker. */
export type Connections = {
  /** `work` with a connection of its own, in the lane. It is given back whole, or not at all. */
  use<T>(lane: LaneName, patienceMs: number, work: (client: PoolClient) => Promise<T>): Promise<T>
  /** One statement on the connection of health, which is dropped when the row that it answers `holds` not. */
  health(sql: string, holds?: (row: Readonly<Record<string, unknown>>) => boolean): Promise<void>
  breaker: Pick<Breaker, 'isOpen' | 'heard'>
  places: Record<LaneName, number>
  /** With that of health. */
  total: number
  close(): Promise<void>
}

const SYNCED = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`

export function createConnections(url: string, connections: number, watch: DatabaseWatch): Connections {
  const places = divide(connections)
  let pool = createPool(url, places.write + places.point + places.bulk)
  // Its connection stays open, so that a probe asks the server and not how quickly it can be reached.
  const healthPool = createPool(url, 1, { connectionTimeoutMillis: healthConnectMs, idleTimeoutMillis: 0 })
  const breaker = createBreaker({
    ...{ clock: systemClock, timers: systemTimers },
    probe: () => health('SELECT 1'),
    onChange(isOpen) {
      watch.away?.(isOpen)
      if (!isOpen) return
      // Connections of a server that stopped answering may be dead when it is back.
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
      // Refused is an answer of its own; what is not answered at all may be the sign of a frozen server.
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
  // Behind the connection's back a server set so would answer a commit before it is on the disk.
  pool.on('connect', (client) => {
    client.query(SYNCED).catch(() => undefined)
    // A connection lost in the midst of a transaction: who asks its next statement hears of it.
    client.on('error', () => undefined)
  })
  // An idle connection was lost. The pool has dropped it; who asks next gets a new one or the error.
  pool.on('error', () => undefined)
  return pool
}

/** SQLSTATEs after which a connection is of no more use: the server ends, or is not the one that takes writes any more. */
const useless = /^(57P0|25006)/

/** Whether no transaction is left on the connection, and it can go back. */
async function rolledBack(client: PoolClient, thrown: unknown): Promise<boolean> {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown
  if (cause instanceof DatabaseError && useless.test(cause.code ?? '')) return false
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  )
}

/** Rejects after so long; but what has come while this process itself was late still counts. */
async function inTime<T>(answer: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => setImmediate(() => late.reject(new Error('The database does not answer'))), ms)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
