import { defineMetrics, latency } from '../platform/metrics/metrics.ts'

/** Metrics of calls and connections. */
export const doorMetrics = defineMetrics({
  parlor_actions_total: {
    kind: 'counter',
    help: 'Calls by action, door and answered code (ok for success).',
    labels: ['action', 'door', 'code'],
  },
  parlor_action_seconds: {
    kind: 'histogram',
    help: 'Time from a call entering the pipeline to its answer, including the durable commit.',
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
    help: '1 while frames bypass the transport queue, 0 if that is not possible and every write is slower.',
    labels: [],
  },
})
