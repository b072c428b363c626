import { defineMetrics, latency } from '../platform/metrics/metrics.ts'

/** Metrics of commits, of their delivery, and of who is attached. */
export const roomMetrics = defineMetrics({
  parlor_commit_seconds: {
    kind: 'histogram',
    help: 'Time from the start of a batch until it is durable on disk.',
    labels: [],
    buckets: latency,
  },
  parlor_batch_calls: {
    kind: 'histogram',
    help: 'Calls per batch, which is one transaction and one sync.',
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  },
  parlor_storage_failures_total: {
    kind: 'counter',
    help: 'Batches that failed because the database was unreachable or the disk full; none of their calls was acknowledged.',
    labels: [],
  },
  parlor_delivery_lag_seconds: {
    kind: 'histogram',
    help: 'Time from an event being durable until this process hands it to the fan-out.',
    labels: [],
    buckets: latency,
  },
  parlor_bus_gap_total: {
    kind: 'counter',
    help: 'Gaps in the events from the bus that were filled by reading the log.',
    labels: [],
  },
  parlor_recoveries_total: {
    kind: 'counter',
    help: 'Clients that resumed with a cursor, by result: sent the changes (recovered) or a snapshot.',
    labels: ['result'],
  },
  parlor_client_bytes: {
    kind: 'gauge',
    help: 'Backlog: replies and other bytes for single clients that they have not read; the first 64 KiB of each are not counted.',
    labels: [],
  },
  parlor_presence_bytes: {
    kind: 'gauge',
    help: 'Bytes of presence values, and of ephemeral events held for slower members, over all rooms.',
    labels: [],
  },
  parlor_broadcasts_dropped_total: {
    kind: 'counter',
    help: 'Events for all connections that this process dropped because over 1 MiB of them was queued.',
    labels: [],
  },
  parlor_cut_total: {
    kind: 'counter',
    help: 'Connections that the server ended, by reason.',
    labels: ['reason'],
  },
  parlor_rooms_live: {
    kind: 'gauge',
    help: 'Rooms with at least one connection attached in this process.',
    labels: [],
  },
  parlor_ring_bytes: {
    kind: 'gauge',
    help: 'Bytes of encoded frames kept for slow consumers, over all rooms.',
    labels: [],
  },
})
