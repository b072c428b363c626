import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Action, CallContext, Pipeline } from '../../core/action.ts'
import type { Caller } from '../../core/caller.ts'
import type { HttpRoute } from '../../core/contract.ts'
import { makeWellFormed } from '../../core/text/well-formed.ts'
import { assertAccepted, readBody } from './body.ts'
import { jsonType } from './error.ts'
import { bearerToken, idempotencyKeyOf } from './request.ts'
import type { Answers } from './answers.ts'

/** The caller with this token and address; null means no token. Throws `token_invalid`, `token_expired`. */
export type Authenticate = (token: string | null, address: string) => Caller | Promise<Caller>

export type HttpCallDeps = {
  call: Pipeline
  authenticate: Authenticate
  limits: { readonly jsonValues: number }
  answers: Answers
}

/** Adds one route for each REST path of each action. */
export function mountActions(app: FastifyInstance, actions: readonly Action[], deps: HttpCallDeps): void {
  for (const action of actions) {
    for (const door of action.contract.http ?? []) {
      app.route({ method: door.method, url: door.path, handler: handlerOf(action, door, deps) })
    }
  }
}

function handlerOf(action: Action, door: HttpRoute, { call, authenticate, limits, answers }: HttpCallDeps) {
  const schema = door.accepts ?? action.contract.input
  const status = door.status ?? 200
  return async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    assertAccepted(request, reply)
    const token = bearerToken(request.headers)
    const found = authenticate(door.bearer ? null : token, request.address)
    const caller = found instanceof Promise ? await found : found
    const context: CallContext = {
      door: 'http',
      connection_id: null,
      ack: true,
      idempotency_key: idempotencyKeyOf(request.headers),
      replayed: () => void reply.header('idempotent-replayed', 'true'),
      user_agent: request.headers['user-agent'] ?? null,
      trace_id: request.trace_id,
      bytes: Buffer.isBuffer(request.body) ? request.body.length : 0,
      reader: answers.readerOf(caller, reply.raw),
      calls: null,
    }
    const borne = door.bearer && token !== null ? { [door.bearer]: token } : null
    const input = () => {
      const sent = inputOf(request, limits.jsonValues)
      return borne ? { ...borne, ...sent } : sent
    }
    const output = await call(action, schema, input, caller, context)
    const text = output.take()
    answers.sent(caller, text.length, reply.raw)
    return reply.code(status).header('content-type', jsonType).send(text)
  }
}

/** The path overrides the query, and the query the body (rule H5); all text is well-formed (rule TX1). */
function inputOf({ body, query, params }: FastifyRequest, values: number): object {
  const input = { ...readBody(body, values), ...makeWellFormed({ ...asObject(query), ...asObject(params) }) }
  // By now an own property, and not a field of any action.
  if (Object.hasOwn(input, '__proto__')) Reflect.deleteProperty(input, '__proto__')
  return input
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})
