import type { TestContext } from 'node:test'
import { systemTimers } from '../../../core/clock.ts'
import { createRoutePipeline } from '../../../core/route.ts'
import { freeLimiter, freeReadQueue } from '../../../core/testing/read-permit.ts'
import { serve } from '../../../transport/testing/http.ts'
import type { Answer } from '../../testing/doors.ts'
import type { World } from '../../testing/world.ts'

export type Asked = {
  by?: { token: string } | null
  body?: Uint8Array | string | FormData
  headers?: Readonly<Record<string, string>>
}
export type Got = { status: number; headers: Headers; text: string; body: Answer }

/** The routes of the world behind a real HTTP door, with the world's clock. */
export async function openDoor(t: TestContext, world: World) {
  const { base } = await serve(t, {
    authenticate: world.authenticate,
    raw: {
      routes: world.routes,
      pipeline: createRoutePipeline({
        ...{ limiter: freeLimiter, readQueue: freeReadQueue(), measure: () => {} },
        monotonic: () => performance.now(),
      }),
      ...{ limiter: freeLimiter, isSigned: world.isSigned, timers: systemTimers },
      clock: { now: world.clock.now, monotonic: () => performance.now() },
    },
  })
  async function ask(method: string, path: string, { by = null, body, headers = {} }: Asked = {}): Promise<Got> {
    const answer = await fetch(base + path, {
      method,
      headers: { ...headers, ...(by ? { authorization: `Bearer ${by.token}` } : {}) },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' || body instanceof FormData ? body : Buffer.from(body) }),
    })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : null,
    }
  }
  return {
    base,
    ask,
    /** `200`, or the status and code of a refusal. */
    async outcome(method: string, path: string, asked?: Asked): Promise<string> {
      const { status, body } = await ask(method, path, asked)
      return [status, ...(status >= 400 && body ? [body.code] : [])].join(' ')
    },
    async sends(by: { token: string }, bytes: Uint8Array | string, fields: Readonly<Record<string, string>> = {}) {
      const form = new FormData()
      form.append('file', new Blob([Buffer.from(bytes)]), 'a.bin')
      for (const [name, value] of Object.entries(fields)) form.append(name, value)
      const { status, body } = await ask('POST', '/api/files', { by, body: form })
      if (status !== 201) throw new Error(`Sending a file answered ${status} ${body?.code}`)
      return body
    },
  }
}
