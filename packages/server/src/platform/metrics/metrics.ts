import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { watchLoopDelay } from './loop-delay.ts'
import { type DefinedMetric, platformMetrics } from './table.ts'

export { type DefinedMetric, defineMetrics, latency, platformMetrics } from './table.ts'

/** The labels of a metric: all of them, or none if it has none. */
type LabelsOf<M extends DefinedMetric> = M['labels'] extends readonly []
  ? []
  : [labels: { readonly [Label in M['labels'][number]]: string }]
type Counted<Kind extends DefinedMetric['kind']> = DefinedMetric & { readonly kind: Kind }

/** The metrics of one server; two servers in one process share nothing. */
export type Metrics = {
  count<M extends Counted<'counter'>>(metric: M, ...labels: LabelsOf<M>): void
  /** A counter kept elsewhere: `total` is called at every scrape. */
  follow<M extends Counted<'counter'>>(metric: M, total: () => number, ...labels: LabelsOf<M>): void
  /** `value` in the unit of the name: seconds, or a count. */
  observe<M extends Counted<'histogram'>>(metric: M, value: number, ...labels: LabelsOf<M>): void
  /** A function is called at every scrape. A later call for the same labels replaces the earlier one. */
  gauge<M extends Counted<'gauge'>>(metric: M, value: number | (() => number), ...labels: LabelsOf<M>): void
  /** All metrics in the Prometheus text format; event loop delays cover the time since the last scrape. */
  text(): Promise<string>
  contentType: string
  /** Stops measuring the event loop. */
  stop(): void
}

type AnyLabels = Readonly<Record<string, string>>

/**
 * `own`: the metrics of the parts of this server, in addition to the platform's. Throws when two metrics have the same
 * name, and when an undeclared metric is counted.
 */
export function createMetrics(own: readonly DefinedMetric[]): Metrics {
  const { registry, counters, gauges, histograms } = register([...Object.values(platformMetrics), ...own])
  const asked = new Map<string, () => void>()
  const counts = new CountTree()
  const loop = watchLoopDelay()
  let cpu: NodeJS.CpuUsage = { user: 0, system: 0 }

  function gauge({ name }: DefinedMetric, value: number | (() => number), labels: AnyLabels = {}) {
    const counted = found(gauges, name)
    const set = (now: number) => counted.set(labels, now)
    const key = JSON.stringify([name, labels])
    asked.delete(key)
    if (typeof value === 'number') set(value)
    else asked.set(key, () => set(value()))
  }

  function follow({ name }: DefinedMetric, total: () => number, labels: AnyLabels = {}) {
    const counter = found(counters, name)
    let counted = 0
    asked.set(JSON.stringify([name, labels]), () => {
      const now = total()
      counter.inc(labels, now - counted)
      counted = now
    })
  }

  function readProcess() {
    const delay = loop.read()
    gauge(platformMetrics.parlor_loop_delay_seconds, delay.p50, { quantile: '0.5' })
    gauge(platformMetrics.parlor_loop_delay_seconds, delay.p99, { quantile: '0.99' })
    gauge(platformMetrics.parlor_loop_delay_seconds, delay.max, { quantile: '1' })
    const spent = process.cpuUsage(cpu)
    cpu = { user: cpu.user + spent.user, system: cpu.system + spent.system }
    counters.get('process_cpu_user_seconds_total')?.inc(spent.user / 1e6)
    counters.get('process_cpu_system_seconds_total')?.inc(spent.system / 1e6)
    const memory = process.memoryUsage()
    gauge(platformMetrics.process_resident_memory_bytes, memory.rss)
    gauge(platformMetrics.process_start_time_seconds, performance.timeOrigin / 1000)
    gauge(platformMetrics.nodejs_heap_size_total_bytes, memory.heapTotal)
    gauge(platformMetrics.nodejs_heap_size_used_bytes, memory.heapUsed)
    gauge(platformMetrics.nodejs_external_memory_bytes, memory.external)
  }

  /** Counts here and hands over at a scrape: the library makes a text of all labels for each call, and every action is counted. */
  function count(metric: Counted<'counter'>, labels: AnyLabels = {}) {
    let kept = counts.of(metric.name)
    for (const label of metric.labels) kept = kept.of(labels[label] ?? '')
    if (kept.total === 0) follow(metric, () => kept.total, labels)
    kept.total += 1
  }

  return {
    count,
    follow,
    observe: ({ name }, value, labels: AnyLabels = {}) => found(histograms, name).observe(labels, value),
    gauge,
    text() {
      for (const ask of asked.values()) ask()
      readProcess()
      return registry.metrics()
    },
    contentType: registry.contentType,
    stop: () => loop.stop(),
  }
}

/** Counts by the name of a metric and then by the value of each of its labels. */
class CountTree {
  total = 0
  readonly #branches = new Map<string, CountTree>()

  of(value: string): CountTree {
    let branch = this.#branches.get(value)
    if (!branch) this.#branches.set(value, (branch = new CountTree()))
    return branch
  }
}

function found<Metric>(metrics: ReadonlyMap<string, Metric>, name: string): Metric {
  const metric = metrics.get(name)
  if (!metric)
    throw new Error(`${name} is counted, but no part hands it over: add it to the metrics of the part that defines it.`)
  return metric
}

function register(rows: readonly DefinedMetric[]) {
  const registry = new Registry()
  const counters = new Map<string, Counter>()
  const gauges = new Map<string, Gauge>()
  const histograms = new Map<string, Histogram>()
  for (const { name, kind, help, labels, buckets } of rows) {
    const options = { name, help, labelNames: [...labels], registers: [registry] }
    if (kind === 'counter') counters.set(name, new Counter(options))
    else if (kind === 'gauge') gauges.set(name, new Gauge(options))
    else histograms.set(name, new Histogram({ ...options, buckets: [...(buckets ?? [])] }))
  }
  return { registry, counters, gauges, histograms }
}
