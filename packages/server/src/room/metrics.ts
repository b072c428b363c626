import { defineMetrics, latency } from '../platform/metrics/metrics.ts'

/** Metrics of commits, of their delivery, and of who is attached. */
export const roomMetrics = defineMetrics({
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
  parlor_broadcasts_dropped_total: {
    kind: 'counter',
    help: 'Events for all connections that this process dropped, because over 1 MiB of them waited.',
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
    help: 'Bytes of encoded frames held for slower members, over all rooms.',
    labels: [],
  },
})
