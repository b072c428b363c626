import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { watchLoopDelay } from './loop-delay.ts'
import { type DefinedMetric, platformMetrics } from './table.ts'

export { type DefinedMetric, defineMetrics, latency, platformMetrics } from './table.ts'

/** A metric without labels takes none; one with labels takes all of them. */
type LabelsOf<M extends DefinedMetric> = M['labels'] extends readonly []
  ? []
  : [labels: { readonly [Label in M['labels'][number]]: string }]
type Counted<Kind extends DefinedMetric['kind']> = DefinedMetric & { readonly kind: Kind }

/** The metrics of one server; two servers share nothing. */
export type Metrics = {
  count<M extends Counted<'counter'>>(metric: M, ...labels: LabelsOf<M>): void
  /** A counter that something else keeps: `total` is asked at every reading. */
  follow<M extends Counted<'counter'>>(metric: M, total: () => number, ...labels: LabelsOf<M>): void
  /** `value` in the unit of the name: seconds, or a number of things. */
  observe<M extends Counted<'histogram'>>(metric: M, value: number, ...labels: LabelsOf<M>): void
  /** A function is asked at every reading; what is set later for the same labels replaces it. */
  gauge<M extends Counted<'gauge'>>(metric: M, value: number | (() => number), ...labels: LabelsOf<M>): void
  /** All metrics in the Prometheus text format; delays of the event loop are those since the last reading. */
  text(): Promise<string>
  contentType: string
  /** Ends the watch on the event loop. */
  stop(): void
}

type AnyLabels = Readonly<Record<string, string>>

/**
 * `own`: the metrics of the parts of this server, besides the platform's. Throws when two have one name, and when one is
 * counted that no part handed over.
 */
export function createMetrics(own: readonly DefinedMetric[]): Metrics {
  const { registry, counters, gauges, histograms } = register([...Object.values(platformMetrics), ...own])
  const asked = new Map<string, () => void>()
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

  return {
    count: ({ name }, labels: AnyLabels = {}) => found(counters, name).inc(labels),
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
