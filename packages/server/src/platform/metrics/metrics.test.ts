import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { doorMetrics } from '../../transport/metrics.ts'
import { roomMetrics } from '../../room/metrics.ts'
import { createMetrics, defineMetrics, platformMetrics } from './metrics.ts'

const all = [...Object.values(roomMetrics), ...Object.values(doorMetrics)]

test('lists every metric of the table with its help and type', async (t) => {
  const metrics = createMetrics(all)
  t.after(() => metrics.stop())
  const text = await metrics.text()
  for (const { name, kind, help } of [...all, ...Object.values(platformMetrics)]) {
    assert.ok(text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`), name)
  }
})

test('exports counters, histograms and gauges with their values', async (t) => {
  const metrics = createMetrics(all)
  t.after(() => metrics.stop())
  metrics.count(doorMetrics.parlor_actions_total, { action: 'messages.send', door: 'socket', code: 'ok' })
  metrics.count(doorMetrics.parlor_actions_total, { action: 'messages.send', door: 'socket', code: 'ok' })
  metrics.count(roomMetrics.parlor_bus_gap_total)
  metrics.observe(roomMetrics.parlor_commit_seconds, 0.004)
  let rooms = 3
  metrics.gauge(roomMetrics.parlor_rooms_live, () => rooms)
  metrics.gauge(doorMetrics.parlor_connections, 5, { door: 'socket' })
  metrics.gauge(doorMetrics.parlor_connections, () => rooms * 2, { door: 'sse' })
  rooms = 4
  const text = await metrics.text()
  for (const line of [
    'parlor_actions_total{action="messages.send",door="socket",code="ok"} 2',
    'parlor_bus_gap_total 1',
    'parlor_commit_seconds_bucket{le="0.0025"} 0',
    'parlor_commit_seconds_bucket{le="0.005"} 1',
    'parlor_commit_seconds_count 1',
    'parlor_rooms_live 4',
    'parlor_connections{door="socket"} 5',
    'parlor_connections{door="sse"} 8',
  ]) {
    assert.ok(text.includes(`${line}\n`), line)
  }
})

test('a number can replace the function of a gauge', async (t) => {
  const metrics = createMetrics(all)
  t.after(() => metrics.stop())
  metrics.gauge(roomMetrics.parlor_rooms_live, () => 9)
  metrics.gauge(roomMetrics.parlor_rooms_live, 1)
  assert.match(await metrics.text(), /^parlor_rooms_live 1$/m)
})

test('two instances share nothing', async (t) => {
  const [one, other] = [createMetrics(all), createMetrics(all)]
  t.after(() => [one, other].forEach((metrics) => metrics.stop()))
  one.count(roomMetrics.parlor_bus_gap_total)
  assert.match(await one.text(), /^parlor_bus_gap_total 1$/m)
  assert.match(await other.text(), /^parlor_bus_gap_total 0$/m)
})

test('[MT2] measures the loop delay since the last scrape, and CPU time never falls', async (t) => {
  const metrics = createMetrics(all)
  t.after(() => metrics.stop())
  const value = (text: string, name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1],
    )
  const worst = 'parlor_loop_delay_seconds{quantile="1"}'
  const cpu = 'process_cpu_user_seconds_total'
  await wait(20)
  const before = await metrics.text()
  await wait(5)
  for (const until = performance.now() + 60; performance.now() < until; );
  await wait(5)
  const blocked = await metrics.text()
  assert.ok(value(blocked, worst) > 0.045, `blocked for 60 ms, saw ${value(blocked, worst)}`)
  assert.ok(value(blocked, cpu) > value(before, cpu))
  await wait(20)
  assert.ok(value(await metrics.text(), worst) < value(blocked, worst))
})

test('[MT1] refuses a metric that two parts define, and one that no part defines', (t) => {
  const { polls_total } = defineMetrics({ polls_total: { kind: 'counter', help: 'Polls.', labels: [] } })
  const metrics = createMetrics([])
  t.after(() => metrics.stop())
  assert.throws(() => metrics.count(polls_total), /^Error: polls_total is counted, but no part hands it over: /)
  assert.throws(() => createMetrics([polls_total, polls_total]), /polls_total/)
})

test('[MT2] a loop without work is not woken every millisecond', async (t) => {
  const metrics = createMetrics([])
  t.after(() => metrics.stop())
  // It is decided once a second.
  await wait(1_100)
  const before = performance.eventLoopUtilization()
  await wait(400)
  const { idle } = performance.eventLoopUtilization(before)
  const { voluntaryContextSwitches: woken } = process.resourceUsage()
  await wait(400)
  const wakes = process.resourceUsage().voluntaryContextSwitches - woken
  assert.ok(idle > 300 && wakes < 200, `woken ${wakes} times in 400 ms`)
})
