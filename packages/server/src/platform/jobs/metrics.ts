import { defineMetrics, latency } from '../metrics/metrics.ts'

export const jobMetrics = defineMetrics({
  parlor_jobs_total: {
    kind: 'counter',
    help: 'Runs of jobs by type and outcome: done, again (continues later), retry (failed and is tried again), dead (a dead letter), lost (cancelled, replaced or taken over), elsewhere, stopped (given back by a server that stops).',
    labels: ['job', 'outcome'],
  },
  parlor_job_seconds: {
    kind: 'histogram',
    help: 'How long one run of a job took.',
    labels: ['job'],
    buckets: [...latency, 30, 60, 300],
  },
  parlor_jobs_running: { kind: 'gauge', help: 'Jobs that run in this process.', labels: [] },
  parlor_jobs_late_seconds: {
    kind: 'gauge',
    help: 'How long the job that has been due longest waits for a worker of this process; 0 when none is due.',
    labels: [],
  },
})
