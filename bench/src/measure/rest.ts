import { setTimeout as sleep } from 'node:timers/promises'
import { HttpLoad } from '../load/http-load.ts'
import { cpuSeconds } from '../proc.ts'
import type { Context } from './context.ts'

export type RestFigures = { requestsPerCpuSecond: number; requestsPerSecond: number; serverCpu: number }

const connections = 32

/** One window of GETs with a login, one on its way on each connection. */
export async function measureRest(
  server: { port: number; pid: number },
  path: string,
  token: string,
  context: Context,
): Promise<RestFigures> {
  const load = new HttpLoad(server.port, path, { authorization: `Bearer ${token}` }, connections)
  const reading = () => ({
    at: performance.now(),
    answered: load.answered,
    cpu: cpuSeconds(server.pid, context.ticksPerSecond),
  })
  try {
    await Promise.race([sleep(context.warmUpMs), load.failed])
    const before = reading()
    await Promise.race([sleep(context.windowMs), load.failed])
    const after = reading()
    const answered = after.answered - before.answered
    const seconds = (after.at - before.at) / 1000
    const cpu = after.cpu - before.cpu
    return { requestsPerCpuSecond: answered / cpu, requestsPerSecond: answered / seconds, serverCpu: cpu / seconds }
  } finally {
    load.close()
  }
}
