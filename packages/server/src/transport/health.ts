import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock, Timers } from '../core/clock.ts'
import { AppError } from '../core/error.ts'
import { isLoopback } from './guards/address.ts'
import { bearerToken } from './http/request.ts'

/** One dependency of the server. */
export type Check = {
  name: string
  /** Whether the server is unhealthy without it; other checks are only shown. */
  required: boolean
  /** Rejects when it does not answer. */
  run: () => Promise<void>
}

export type HealthDeps = {
  service: string
  clock: Clock
  timers: Timers
  checks: readonly Check[]
  metrics: { text(): Promise<string>; contentType: string }
  metricsToken: string | null
  /** Warnings for the operator although all checks pass; anyone can read them. */
  warnings: () => readonly string[]
}

export type Health = {
  mount(app: FastifyInstance): void
  /** Everything has started: `/api/ready` answers 200 while the checks pass. */
  started(): void
  /** The server is about to stop: `/api/ready` answers 503 from now on. */
  draining(): void
}

type Report = { isHealthy: boolean; checks: Record<string, 'up' | 'down'> }

/** Ms until a check that does not answer counts as down, and for which an answer is reused. */
const checkTimeout = 2000
const freshness = 1000

/** The server's health, for people, monitors and load balancers (rules O in README.md). */
export function createHealth(deps: HealthDeps): Health {
  const { service, clock, timers, checks } = deps
  let phase: 'starting' | 'ready' | 'draining' = 'starting'
  let latest: { at: number; report: Promise<Report> } | null = null

  /** One round of checks a second, however many ask. */
  function report(): Promise<Report> {
    const now = clock.monotonic()
    if (!latest || now - latest.at >= freshness) latest = { at: now, report: runAll(checks, timers) }
    return latest.report
  }

  return {
    started() {
      if (phase === 'starting') phase = 'ready'
    },
    draining() {
      phase = 'draining'
    },
    mount(app) {
      app.get('/api/health', async (_request, reply) => {
        const { isHealthy, checks } = await report()
        const timestamp = new Date(clock.now()).toISOString()
        const warnings = deps.warnings()
        return reply.code(isHealthy ? 200 : 503).send({
          status: isHealthy ? 'healthy' : 'unhealthy',
          timestamp,
          service,
          checks,
          ...(warnings.length > 0 ? { warnings } : {}),
        })
      })
      app.get('/api/live', (_request, reply) => reply.send({ status: 'live' }))
      app.get('/api/ready', async (_request, reply) => {
        if (phase !== 'ready') return reply.code(503).send({ status: phase })
        const { isHealthy } = await report()
        return reply.code(isHealthy ? 200 : 503).send({ status: isHealthy ? 'ready' : 'unhealthy' })
      })
      app.get('/metrics', async (request, reply) => {
        if (!maySeeMetrics(request, deps.metricsToken)) throw new AppError('forbidden')
        return reply.header('content-type', deps.metrics.contentType).send(await deps.metrics.text())
      })
    },
  }
}

async function runAll(checks: readonly Check[], timers: Timers): Promise<Report> {
  const answers = await Promise.all(checks.map(async (check) => [check, await isUp(check, timers)] as const))
  return {
    isHealthy: answers.every(([{ required }, up]) => up || !required),
    checks: Object.fromEntries(answers.map(([{ name }, up]) => [name, up ? 'up' : 'down'])),
  }
}

function isUp({ run }: Check, timers: Timers): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = timers.after(checkTimeout, () => resolve(false))
    const answer = (up: boolean) => {
      cancel()
      resolve(up)
    }
    run().then(
      () => answer(true),
      () => answer(false),
    )
  })
}

/** With the token, or from this machine itself: what came through a proxy is not, whoever the proxy is. */
function maySeeMetrics({ headers, socket }: FastifyRequest, token: string | null): boolean {
  const given = bearerToken(headers)
  if (token !== null && given !== null && isEqual(given, token)) return true
  return headers['x-forwarded-for'] === undefined && isLoopback(socket.remoteAddress ?? '')
}

function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
