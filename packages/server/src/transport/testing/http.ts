import { connect } from 'node:net'
import type { TestContext } from 'node:test'
import { z } from 'zod'
import { type CallContext, createPipeline, implement, type PipelineDeps } from '../../core/action.ts'
import { freeLimiter, freeReadQueue } from '../../core/testing/read-permit.ts'
import type { Caller } from '../../core/caller.ts'
import { type Clock, systemClock, systemTimers } from '../../core/clock.ts'
import { linkPurpose } from '../../core/link.ts'
import { createSigner } from '../../core/sign.ts'
import { createRoutePipeline, type Route } from '../../core/route.ts'
import type { Pace } from '../http/raw/arriving.ts'
import { defineActions } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import { Json } from '../../core/json.ts'
import { createLog } from '../../platform/log/log.ts'
import { trustProxies } from '../guards/address.ts'
import { createAnswers } from '../http/answers.ts'
import { createHttpDoor, type HttpDoor, type HttpDoorDeps } from '../http/http.ts'
import { createOrigins } from '../guards/origins.ts'
import { openRequestGuard } from './request-guard.ts'
import { createInFlightBytes } from '../http/in-flight-bytes.ts'
import { defineRates } from '../../core/rate.ts'

/** What is echoed takes nothing of `write`. */
const { echo } = defineRates({ echo: { burst: 300, perSecond: 100, by: 'caller', help: 'echoes' } })

// A real door on a free port with small actions, for the tests of this folder.

const note = z.object({ id: z.string(), text: z.string(), by: z.string() })
const contracts = defineActions({
  'notes.get': {
    summary: 'A note',
    input: z.object({ id: z.string(), lines: z.coerce.number().int().optional() }),
    output: z.object({ id: z.string(), lines: z.number().nullable() }),
    http: [{ method: 'GET', path: '/api/notes/:id' }],
    caller: 'anyone',
    scope: 'messages:read',
    limit: 'read',
    errors: ['not_found'],
  },
  'notes.write': {
    summary: 'Write a note',
    input: z.object({ id: z.string(), text: z.string() }),
    output: note,
    http: [
      { method: 'POST', path: '/api/notes/:id', status: 201 },
      { method: 'PUT', path: '/api/notes/:id' },
    ],
    caller: 'user',
    scope: 'messages:read',
    limit: 'write',
    creates: 'secret',
    errors: ['not_found', 'forbidden'],
  },
  'notes.echo': {
    summary: 'What was read of the request',
    input: z.looseObject({}),
    output: z.looseObject({}),
    http: [
      { method: 'POST', path: '/api/echo/:id' },
      { method: 'DELETE', path: '/api/echo/:id' },
    ],
    caller: 'anyone',
    scope: 'messages:read',
    limit: echo,
    errors: [],
  },
  'notes.fail': {
    summary: 'Always fails',
    input: z.object({}),
    output: z.object({}),
    http: [{ method: 'GET', path: '/api/fail' }],
    caller: 'anyone',
    scope: 'messages:read',
    limit: 'read',
    errors: [],
  },
})

/** What a test sees of the inside: log lines, the contexts of `notes.echo`, and the call that `notes/held` holds. */
type Seen = { lines: Record<string, unknown>[]; contexts: CallContext[] }
type Held = { reached: Promise<void>; release: () => void; wait: () => Promise<void> }

type Change = Partial<HttpDoorDeps> &
  Partial<PipelineDeps> & {
    mount?: (app: HttpDoor['app']) => void
    routes?: readonly Route[]
    pace?: Pace
    clock?: Clock
  }

export async function serve(t: TestContext, { mount, routes = [], pace, ...change }: Change = {}) {
  const told: Seen = { lines: [], contexts: [] }
  const held = hold()
  const actions = notes(told, held)
  const log = createLog(
    { level: 'info', service: 'test' },
    { write: (line: string) => void told.lines.push(JSON.parse(line)) },
  )
  const door = createHttpDoor({
    actions,
    call: createPipeline({
      keys: { once: (claim, _again, create) => create(claim) },
      measure: () => {},
      monotonic: () => performance.now(),
      limiter: change.limiter ?? freeLimiter,
      readQueue: freeReadQueue(),
      checkOutputs: true,
    }),
    authenticate,
    answers: createAnswers(() => {}),
    log,
    origins: createOrigins({ list: ['http://localhost:*', 'file://*'], hostVouches: true }),
    trust: trustProxies(['loopback']),
    forceHttps: false,
    publicUrl: null,
    basePath: '',
    limits: { requestBytes: 64 * 1024, headerBytes: 8 * 1024, jsonValues: 20_000 },
    requestGuard: openRequestGuard(),
    inFlight: createInFlightBytes(Number.POSITIVE_INFINITY),
    raw: {
      routes,
      pipeline: createRoutePipeline({
        limiter: change.limiter ?? freeLimiter,
        readQueue: freeReadQueue(),
        measure: () => {},
        monotonic: () => performance.now(),
      }),
      limiter: { ...freeLimiter, ...change.limiter },
      clock: change.clock ?? systemClock,
      isSigned,
      timers: systemTimers,
      ...(pace ? { pace } : {}),
    },
    ...change,
  })
  mount?.(door.app)
  const port = await door.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => door.stop(100))
  return { door, port, base: `http://127.0.0.1:${port}`, told, held }
}

function hold(): Held {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const wait = () => {
    reached.resolve()
    return released.promise
  }
  return { reached: reached.promise, release: released.resolve, wait }
}

const notes = (told: Seen, held: Held) =>
  implement(contracts, {
    'notes.get': {
      allow: () => true,
      run({ id, lines }) {
        if (id === 'none') throw new AppError('not_found')
        const answer = { id, lines: lines ?? null }
        return id === 'text' ? new Json<typeof answer>(JSON.stringify(answer)) : answer
      },
    },
    'notes.write': {
      allow: (_caller, { id }) => (id === 'theirs' ? 'forbidden' : true),
      async run({ id, text }, caller) {
        if (id === 'held') await held.wait()
        return { id, text, by: caller.kind === 'user' ? caller.user.id : '' }
      },
    },
    'notes.echo': {
      allow: () => true,
      run(input, _caller, context) {
        told.contexts.push(context)
        return { ...input }
      },
    },
    'notes.fail': {
      allow: () => true,
      run() {
        throw new Error('the inside: secret-database.internal')
      },
    },
  })

export function authenticate(token: string | null, address: string): Caller {
  if (token === null) return { kind: 'anonymous', address }
  if (token === 'old') throw new AppError('token_expired')
  if (token !== 'ann') throw new AppError('token_invalid')
  const profile = { id: token, name: token, avatar_url: null, guest: false }
  return { kind: 'user', address, user: { num: 1, id: token }, profile, session_id: null, expires_at: null }
}

/** For links to the routes of a test. */
export const { sign, isSigned } = createSigner({ current: 'the secret of these tests', previous: [] }, linkPurpose)

export const asAnn = { authorization: 'Bearer ann' }
export const json = { 'content-type': 'application/json' }
export const post = (body: string, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { ...json, ...headers },
  body,
})

/** What a server answers to these bytes, until it ends the connection or `enough` was seen. */
export function raw(port: number, bytes: string | Buffer, enough?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (enough?.test(text)) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

export const bodyOf = async (reply: Response): Promise<Record<string, unknown>> =>
  z.record(z.string(), z.unknown()).parse(await reply.json())
