/** The definition of one metric. `labels` have few values each: never a room, a user or an address. */
export type MetricRow = {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds of a histogram's buckets, in the unit of its name. */
  readonly buckets?: readonly number[]
}
export type DefinedMetric = MetricRow & { readonly name: string }

/** Histogram buckets for a duration that a user waits, in seconds. */
export const latency = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Defines the metrics of one part. Code counts these values, so an undefined metric does not compile. */
export function defineMetrics<const Rows extends Readonly<Record<string, MetricRow>>>(
  rows: Rows,
): { readonly [Name in keyof Rows]: Rows[Name] & { readonly name: string } } {
  const defined = Object.entries(rows).map(([name, row]) => [name, { name, ...row }])
  // Object.fromEntries cannot express that each name of the rows has its entry.
  return Object.fromEntries(defined) as { [Name in keyof Rows]: Rows[Name] & { readonly name: string } }
}

/** Metrics of the process, its log and its database. */
export const platformMetrics = defineMetrics({
  parlor_unreadable_total: {
    kind: 'counter',
    help: 'Stored rows that could not be read, by kind (room, setting, event, record, member, profile, job ...); each is counted once per process.',
    labels: ['kind'],
  },
  parlor_wal_bytes: {
    kind: 'gauge',
    help: "Size of SQLite's write-ahead log on the disk; grows while another process reads the database file.",
    labels: [],
  },
  parlor_database_away: {
    kind: 'gauge',
    help: '1 while PostgreSQL has stopped answering and calls are refused at once, else 0.',
    labels: [],
  },
  parlor_database_waiting: {
    kind: 'gauge',
    help: 'Calls that wait for a PostgreSQL connection, by lane: write, point (short reads), bulk (long reads).',
    labels: ['lane'],
  },
  parlor_database_busy_total: {
    kind: 'counter',
    help: 'Calls refused with room_busy because too many waited for a PostgreSQL connection, or they waited too long.',
    labels: ['lane'],
  },
  parlor_log_dropped_total: {
    kind: 'counter',
    help: 'Log lines dropped because stdout did not accept them: full, closed, or not read.',
    labels: [],
  },
  parlor_loop_delay_seconds: {
    kind: 'gauge',
    help: 'Delay of the event loop since the last scrape: quantiles 0.5 and 0.99, and 1 for the maximum.',
    labels: ['quantile'],
  },
  process_cpu_user_seconds_total: { kind: 'counter', help: 'User CPU time of the process.', labels: [] },
  process_cpu_system_seconds_total: { kind: 'counter', help: 'System CPU time of the process.', labels: [] },
  process_resident_memory_bytes: { kind: 'gauge', help: 'Memory held in RAM.', labels: [] },
  process_start_time_seconds: { kind: 'gauge', help: 'When the process started, in seconds since 1970.', labels: [] },
  nodejs_heap_size_total_bytes: { kind: 'gauge', help: 'JavaScript heap reserved.', labels: [] },
  nodejs_heap_size_used_bytes: { kind: 'gauge', help: 'JavaScript heap in use.', labels: [] },
  nodejs_external_memory_bytes: { kind: 'gauge', help: 'Memory of buffers outside the heap.', labels: [] },
})
