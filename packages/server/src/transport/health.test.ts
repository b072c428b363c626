import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { manualTime } from '../core/testing/manual-time.ts'
import { type Check, createHealth } from './health.ts'
import { bodyOf, serve } from './testing/http.ts'

async function serveHealth(t: TestContext, checks: readonly Check[] = [], metricsToken: string | null = null) {
  const warnings = () => notices
  const notices: string[] = []
  const { clock, timers, advance } = manualTime(Date.UTC(2026, 0, 2, 3, 4, 5))
  const metrics = { text: async () => 'parlor_up 1\n', contentType: 'text/plain; version=0.0.4; charset=utf-8' }
  const health = createHealth({ service: 'parlor', clock, timers, checks, metrics, metricsToken, warnings })
  const { base, door } = await serve(t, { mount: health.mount })
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const reply = await fetch(base + path, { headers })
    return [reply.status, await bodyOf(reply)] as const
  }
  return { health, base, door, ask, advance, notices }
}

test('[O1] health lists the checks, and is 503 when a required one is down', async (t) => {
  let isUp = true
  const database: Check = {
    name: 'database',
    required: true,
    run: async () => {
      if (!isUp) throw new Error('gone')
    },
  }
  const cache: Check = { name: 'redis', required: false, run: () => Promise.reject(new Error('gone')) }
  const { ask, advance } = await serveHealth(t, [database, cache])
  const body = { timestamp: '2026-01-02T03:04:05.000Z', service: 'parlor' }
  assert.deepEqual(await ask('/api/health'), [
    200,
    { status: 'healthy', ...body, checks: { database: 'up', redis: 'down' } },
  ])
  isUp = false
  assert.equal((await ask('/api/health/'))[0], 200, 'an answer stands for a second')
  advance(1000)
  const [status, report] = await ask('/api/health')
  assert.deepEqual(
    [status, report['status'], report['checks']],
    [503, 'unhealthy', { database: 'down', redis: 'down' }],
  )
})

test('[O1] a check that never answers is down', async (t) => {
  const { ask, advance } = await serveHealth(t, [
    { name: 'database', required: true, run: () => new Promise(() => {}) },
  ])
  const asked = ask('/api/health')
  const clock = setInterval(() => advance(2000), 5)
  const [status, { checks }] = await asked
  clearInterval(clock)
  assert.deepEqual([status, checks], [503, { database: 'down' }])
})

test('[O2] ready: not before the start, not without the database, not while draining; live as long as it runs', async (t) => {
  let isUp = true
  const run = async () => {
    if (!isUp) throw new Error('gone')
  }
  const { health, ask, advance } = await serveHealth(t, [{ name: 'database', required: true, run }])
  assert.deepEqual(await ask('/api/ready'), [503, { status: 'starting' }])
  health.started()
  assert.deepEqual(await ask('/api/ready'), [200, { status: 'ready' }])
  isUp = false
  advance(1000)
  assert.deepEqual(await ask('/api/ready'), [503, { status: 'unhealthy' }])
  isUp = true
  advance(1000)
  health.draining()
  health.started()
  assert.deepEqual(await ask('/api/ready'), [503, { status: 'draining' }])
  assert.deepEqual(await ask('/api/live'), [200, { status: 'live' }])
})

test('[O2] HEAD works', async (t) => {
  const { base, health } = await serveHealth(t)
  for (const path of ['/api/health', '/api/live', '/metrics'])
    assert.equal((await fetch(base + path, { method: 'HEAD' })).status, 200, path)
  assert.equal((await fetch(`${base}/api/ready`, { method: 'HEAD' })).status, 503)
  health.started()
  assert.equal((await fetch(`${base}/api/ready`, { method: 'HEAD' })).status, 200)
})

test('[O3] metrics: from this machine, or with the token; not through a proxy without it', async (t) => {
  const { base, ask } = await serveHealth(t, [], 'a long token')
  const local = await fetch(`${base}/metrics`)
  assert.equal(await local.text(), 'parlor_up 1\n')
  assert.match(local.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  const proxied = { 'x-forwarded-for': '198.51.100.9' }
  const [status, { code }] = await ask('/metrics', proxied)
  assert.deepEqual([status, code], [403, 'forbidden'])
  assert.equal((await ask('/metrics', { 'x-forwarded-for': '127.0.0.1' }))[0], 403)
  assert.equal((await ask('/metrics', { ...proxied, authorization: 'Bearer a wrong token' }))[0], 403)
  const scraped = await fetch(`${base}/metrics`, { headers: { ...proxied, authorization: 'Bearer a long token' } })
  assert.equal(scraped.status, 200)
})

test('[O3] without METRICS_TOKEN no token is accepted', async (t) => {
  const { ask } = await serveHealth(t)
  for (const token of ['', 'null', 'undefined'])
    assert.equal((await ask('/metrics', { 'x-forwarded-for': '::1', authorization: `Bearer ${token}` }))[0], 403)
})

test('[H11] probes are answered without HTTPS', async (t) => {
  const { clock, timers } = manualTime()
  const metrics = { text: async () => '', contentType: 'text/plain' }
  const health = createHealth({
    service: 'x',
    clock,
    timers,
    checks: [],
    metrics,
    metricsToken: null,
    warnings: () => [],
  })
  const { base } = await serve(t, { mount: health.mount, forceHttps: true })
  assert.equal((await fetch(`${base}/api/health`)).status, 200)
  assert.equal((await fetch(`${base}/metrics`)).status, 200)
})

test('[O4] health shows warnings if there are any', async (t) => {
  const { ask, notices } = await serveHealth(t)
  assert.ok(!('warnings' in (await ask('/api/health'))[1]))
  notices.push('Look here.')
  const [status, { warnings }] = await ask('/api/health')
  assert.deepEqual([status, warnings], [200, ['Look here.']])
})
