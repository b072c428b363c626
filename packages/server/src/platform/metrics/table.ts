/** What one metric is. `labels` have few values each: never a room, a user or an address. */
export type MetricRow = {
  kind: 'counter' | 'gauge' | 'histogram'
  help: string
  labels: readonly string[]
  /** Upper bounds of a histogram's buckets, in the unit of its name. */
  buckets?: readonly number[]
}

const latency = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Every metric that /metrics shows; docs/metrics.md is generated from it. */
export const metricTable = {
  parlor_actions_total: {
    kind: 'counter',
    help: 'Calls of an action, by the door they came through and the code they were answered with (ok when it passed).',
    labels: ['action', 'door', 'code'],
  },
  parlor_action_seconds: {
    kind: 'histogram',
    help: 'From a call reaching the pipeline to its answer, the durable commit included.',
    labels: ['action'],
    buckets: latency,
  },
  parlor_commit_seconds: {
    kind: 'histogram',
    help: 'From a batch being taken up to its being durable on disk.',
    labels: [],
    buckets: latency,
  },
  parlor_batch_calls: {
    kind: 'histogram',
    help: 'Calls that shared one batch, and so one transaction and one sync.',
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  },
  parlor_storage_failures_total: {
    kind: 'counter',
    help: 'Batches that failed because the database was away or the disk full; nothing in them was acknowledged.',
    labels: [],
  },
  parlor_unreadable_total: {
    kind: 'counter',
    help: 'Stored rows that could not be read, by what they are of (room, setting, event, record, member, profile); each is counted once in a process.',
    labels: ['kind'],
  },
  parlor_wal_bytes: {
    kind: 'gauge',
    help: "Bytes that SQLite's write-ahead log takes on the disk; grows while another process reads the database file.",
    labels: [],
  },
  parlor_database_away: {
    kind: 'gauge',
    help: '1 while PostgreSQL has stopped answering and calls are refused at once, else 0.',
    labels: [],
  },
  parlor_database_waiting: {
    kind: 'gauge',
    help: 'Calls that wait for a connection of PostgreSQL, by what for: write, point (short reads), bulk (long ones).',
    labels: ['lane'],
  },
  parlor_database_busy_total: {
    kind: 'counter',
    help: 'Calls that were told to come back because too many waited for a connection of PostgreSQL, or too long.',
    labels: ['lane'],
  },
  parlor_delivery_lag_seconds: {
    kind: 'histogram',
    help: 'From an event being durable to its being handed to the fan-out of this process.',
    labels: [],
    buckets: latency,
  },
  parlor_bus_gap_total: {
    kind: 'counter',
    help: 'Holes in what the bus brought that were filled by reading the log.',
    labels: [],
  },
  parlor_recoveries_total: {
    kind: 'counter',
    help: 'Clients that came with a cursor: served the changes (recovered) or a snapshot.',
    labels: ['result'],
  },
  parlor_client_bytes: {
    kind: 'gauge',
    help: 'Replies and other bytes for one client alone that wait for clients which do not take them; 64 KiB of each are not counted.',
    labels: [],
  },
  parlor_cut_total: {
    kind: 'counter',
    help: 'Connections that the server ended, by reason.',
    labels: ['reason'],
  },
  parlor_connections: {
    kind: 'gauge',
    help: 'Open connections, by door.',
    labels: ['door'],
  },
  parlor_rooms_live: {
    kind: 'gauge',
    help: 'Rooms with at least one connection attached in this process.',
    labels: [],
  },
  parlor_ring_bytes: {
    kind: 'gauge',
    help: 'Bytes of encoded frames held for slower members, over all rooms.',
    labels: [],
  },
  parlor_fast_write: {
    kind: 'gauge',
    help: '1 while frames are written past the transport queue, 0 when that way is closed and every write is slower.',
    labels: [],
  },
  parlor_log_dropped_total: {
    kind: 'counter',
    help: 'Lines of the log that were dropped because stdout could not take them: full, gone, or not read.',
    labels: [],
  },
  parlor_loop_delay_seconds: {
    kind: 'gauge',
    help: 'How late the event loop ran since the last reading: quantiles 0.5 and 0.99, and 1 for the worst.',
    labels: ['quantile'],
  },
  process_cpu_user_seconds_total: { kind: 'counter', help: 'CPU time spent in this program.', labels: [] },
  process_cpu_system_seconds_total: { kind: 'counter', help: 'CPU time spent in the kernel for it.', labels: [] },
  process_resident_memory_bytes: { kind: 'gauge', help: 'Memory held in RAM.', labels: [] },
  process_start_time_seconds: { kind: 'gauge', help: 'When the process started, in seconds since 1970.', labels: [] },
  nodejs_heap_size_total_bytes: { kind: 'gauge', help: 'JavaScript heap reserved.', labels: [] },
  nodejs_heap_size_used_bytes: { kind: 'gauge', help: 'JavaScript heap in use.', labels: [] },
  nodejs_external_memory_bytes: { kind: 'gauge', help: 'Memory of buffers outside the heap.', labels: [] },
} as const satisfies Record<string, MetricRow>

type Table = typeof metricTable
export type MetricName<Kind extends MetricRow['kind']> = {
  [Name in keyof Table]: Table[Name]['kind'] extends Kind ? Name : never
}[keyof Table]
export type Labels<Name extends keyof Table> = { readonly [Label in Table[Name]['labels'][number]]: string }
