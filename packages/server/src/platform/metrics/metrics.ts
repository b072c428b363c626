import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { watchLoopDelay } from './loop-delay.ts'
import { type Labels, type MetricName, type MetricRow, metricTable } from './table.ts'

/** A metric without labels takes none; one with labels takes all of them. */
type LabelsOf<Name extends keyof typeof metricTable> = keyof Labels<Name> extends never ? [] : [labels: Labels<Name>]

/** The metrics of one server; two servers share nothing. */
export type Metrics = {
  count<Name extends MetricName<'counter'>>(name: Name, ...labels: LabelsOf<Name>): void
  /** A counter that something else keeps: `total` is asked at every reading. */
  follow<Name extends MetricName<'counter'>>(name: Name, total: () => number, ...labels: LabelsOf<Name>): void
  /** `value` in the unit of the name: seconds, or a number of things. */
  observe<Name extends MetricName<'histogram'>>(name: Name, value: number, ...labels: LabelsOf<Name>): void
  /** A function is asked at every reading; what is set later for the same labels replaces it. */
  gauge<Name extends MetricName<'gauge'>>(name: Name, value: number | (() => number), ...labels: LabelsOf<Name>): void
  /** All metrics in the Prometheus text format; delays of the event loop are those since the last reading. */
  text(): Promise<string>
  contentType: string
  /** Ends the watch on the event loop. */
  stop(): void
}

type AnyLabels = Readonly<Record<string, string>>

export function createMetrics(): Metrics {
  const { registry, counters, gauges, histograms } = register(Object.entries(metricTable))
  const asked = new Map<string, () => void>()
  const loop = watchLoopDelay()
  let cpu: NodeJS.CpuUsage = { user: 0, system: 0 }

  function gauge(name: string, value: number | (() => number), labels: AnyLabels = {}) {
    const set = (now: number) => gauges.get(name)?.set(labels, now)
    const key = JSON.stringify([name, labels])
    asked.delete(key)
    if (typeof value === 'number') set(value)
    else asked.set(key, () => set(value()))
  }

  function follow(name: string, total: () => number, labels: AnyLabels = {}) {
    let counted = 0
    asked.set(JSON.stringify([name, labels]), () => {
      const now = total()
      counters.get(name)?.inc(labels, now - counted)
      counted = now
    })
  }

  function readProcess() {
    const delay = loop.read()
    gauge('parlor_loop_delay_seconds', delay.p50, { quantile: '0.5' })
    gauge('parlor_loop_delay_seconds', delay.p99, { quantile: '0.99' })
    gauge('parlor_loop_delay_seconds', delay.max, { quantile: '1' })
    const spent = process.cpuUsage(cpu)
    cpu = { user: cpu.user + spent.user, system: cpu.system + spent.system }
    counters.get('process_cpu_user_seconds_total')?.inc(spent.user / 1e6)
    counters.get('process_cpu_system_seconds_total')?.inc(spent.system / 1e6)
    const memory = process.memoryUsage()
    gauge('process_resident_memory_bytes', memory.rss)
    gauge('process_start_time_seconds', performance.timeOrigin / 1000)
    gauge('nodejs_heap_size_total_bytes', memory.heapTotal)
    gauge('nodejs_heap_size_used_bytes', memory.heapUsed)
    gauge('nodejs_external_memory_bytes', memory.external)
  }

  return {
    count: (name, labels: AnyLabels = {}) => counters.get(name)?.inc(labels),
    follow,
    observe: (name, value, labels: AnyLabels = {}) => histograms.get(name)?.observe(labels, value),
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

function register(rows: readonly [string, MetricRow][]) {
  const registry = new Registry()
  const counters = new Map<string, Counter>()
  const gauges = new Map<string, Gauge>()
  const histograms = new Map<string, Histogram>()
  for (const [name, { kind, help, labels, buckets }] of rows) {
    const options = { name, help, labelNames: [...labels], registers: [registry] }
    if (kind === 'counter') counters.set(name, new Counter(options))
    else if (kind === 'gauge') gauges.set(name, new Gauge(options))
    else histograms.set(name, new Histogram({ ...options, buckets: [...(buckets ?? [])] }))
  }
  return { registry, counters, gauges, histograms }
}
