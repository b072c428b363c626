import { defineMetrics, latency } from '../platform/metrics/metrics.ts'

/** Metrics of calls and connections. */
export const doorMetrics = defineMetrics({
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
  parlor_connections: {
    kind: 'gauge',
    help: 'Open connections, by door.',
    labels: ['door'],
  },
  parlor_fast_write: {
    kind: 'gauge',
    help: '1 while frames are written past the transport queue, 0 when that way is closed and every write is slower.',
    labels: [],
  },
})
