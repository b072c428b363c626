import { z } from 'zod'
import type { Caller } from './caller.ts'
import { contentHash } from './text/content-hash.ts'
import { type ActionContract, type Input, type Output, plainText } from './contract.ts'
import { AppError, type Failure, type ErrorDetails } from './error.ts'
import { Json, toJson } from './json.ts'
import { type BytesName, definedRate, type Limit, type ReadLimit } from './rate.ts'
import { callersReader, type Reader, type Turn, type Turns } from './turns/turns.ts'

/** Which door a call came through and what belongs to that call alone. */
export type CallContext = {
  door: 'http' | 'socket'
  /** The live connection to attach to rooms; null for a REST call. */
  connection_id: string | null
  /** Whether the caller gets the reply: always over HTTP, on a socket when it asked for an acknowledgement. */
  ack: boolean
  /** The `Idempotency-Key` header as it came: `idempotencyKeyOf` reads it. */
  idempotency_key: string | null
  /** For `run` of what creates a resource: what must be stored with it (rule IK3); absent without a key. */
  claim?: Claim
  /** Told before the answer when it repeats one that was given before. */
  replayed?: () => void
  /** What a REST caller says that it is. */
  user_agent?: string | null
  trace_id: string
  /** Bytes of what was sent. */
  bytes: number
  /** The connection as one that is read for; null for a REST call, for which its caller stands. */
  reader: Reader | null
}

/** What a handler is called with besides. */
export type RunContext = CallContext & {
  /** The caller is charged for so many bytes, besides those of the call and its answer: times receivers, where many get them. */
  charge(name: BytesName, bytes: number): void
}

/** Actions under a limit of reading have waited for their turn, and hand it on to what reads. */
export type ReadContext = RunContext & { readonly turn: Turn }
export type ContextOf<C extends ActionContract> = C['limit'] extends ReadLimit ? ReadContext : RunContext

export type Handler<C extends ActionContract> = {
  /** Who the caller acts as, asked between parse and replay: the guest behind a label, say. */
  as?: (caller: Caller, input: Input<C>, context: CallContext) => Caller | Promise<Caller>
  /** The answer that this client_id already got, in its current form; undefined when it is new. Only for `appends`. */
  replay?: (
    input: Input<C>,
    caller: Caller,
    context: ContextOf<C>,
  ) => Reply<C> | undefined | Promise<Reply<C> | undefined>
  /** Required: an action without a rule does not compile. Only `true` lets the call pass. */
  allow: (caller: Caller, input: Input<C>, context: ContextOf<C>) => true | Failure | Promise<true | Failure>
  run: (input: Input<C>, caller: Caller, context: ContextOf<C>) => Reply<C> | Promise<Reply<C>>
  /** What `run` made under the same key, as it is now. Required of what `creates: 'resource'`. */
  current?: (resource: string, caller: Caller, context: ContextOf<C>) => Reply<C> | Promise<Reply<C>>
}
/** What must be there besides, by what the contract says. */
type Needed<C extends ActionContract> = C extends { creates: 'resource' }
  ? Required<Pick<Handler<C>, 'current'>>
  : unknown
type Reply<C extends ActionContract> = Output<C> | Json<Output<C>>

/** An action bound to its handler, with the types of its input erased: what the doors loop over. */
export type Action = {
  name: string
  contract: ActionContract
  handler: Handler<ActionContract>
}

/** Binds every action of a contract; a missing, extra or wrongly typed handler does not compile. */
export function implement<const T extends Record<string, ActionContract>>(
  contracts: T,
  handlers: { [K in keyof T]: Handler<T[K]> & Needed<T[K]> },
): Action[] {
  return Object.entries(contracts).map(([name, contract]) => ({
    name,
    contract,
    // Sound because the pipeline hands a handler only what this contract's own schema parsed.
    handler: handlers[name] as unknown as Handler<ActionContract>,
  }))
}

/** One use of an `Idempotency-Key`. */
export type Claim = { user_id: string; key: string; action: string; content_hash: string }

/** What keys were used for (rules IK in features/idempotency). */
export type CreationKeys = {
  /**
   * Runs `create` under a key that is new, with what is to be stored of it, and `again` for what it created. Throws
   * `client_id_reused`.
   */
  once<T>(claim: Claim, again: (resource: string) => Promise<T>, create: (kept: Claim) => Promise<T>): Promise<T>
}

export type PipelineDeps = {
  keys: CreationKeys
  limiter: {
    /** Takes one call, and the bytes it brings, from the caller's budgets; throws `rate_limited` when one is empty. */
    take(limit: Limit, caller: Caller, bytes: number): void
    /** Takes what the call turned out to cost. */
    charge(name: BytesName, caller: Caller, bytes: number): void
  }
  turns: Turns
  /** Told of every call when it is answered: with which code, and after how many ms. */
  measure: (action: Action, context: CallContext, code: string, ms: number) => void
  /** Ms on a clock that never jumps. */
  monotonic: () => number
  /** Test runs check what handlers answer against the contract; production trusts the types. */
  checkOutputs: boolean
}

/**
 * The one way from a door to a handler: caller → rate limit → parse → (turn) → replay → allow → run → reply. Actions under
 * a limit of reading wait for their turn; every call is charged for the bytes that it brings and is answered.
 * `schema` is the door's own `accepts` or the action's input. `raw` is what was sent, or a function that reads it, asked
 * when it is parse's turn: so a body that cannot be read answers 400 after the 401 and 429. Throws AppError only.
 */
export function createPipeline({ limiter, turns, measure, monotonic, checkOutputs, keys }: PipelineDeps) {
  function answerInTurn(action: Action, input: unknown, caller: Caller, context: CallContext) {
    const charge = (name: BytesName, bytes: number) => limiter.charge(name, caller, bytes)
    if (!isRead(action.contract.limit)) return answer(action, input, caller, { ...context, charge }, keys)
    const reader = context.reader ?? callersReader(caller)
    return turns.take(reader, (turn) => {
      // What a ReadContext has besides goes where the contract's limit says that it is expected.
      const inTurn: ReadContext = { ...context, charge, turn }
      return answer(action, input, caller, inTurn, keys)
    })
  }

  return async function call(
    action: Action,
    schema: z.ZodType,
    raw: unknown,
    caller: Caller,
    context: CallContext,
  ): Promise<Json<unknown>> {
    const started = monotonic()
    try {
      const { contract, handler } = action
      if (caller.kind === 'nobody' && contract.caller === 'user') throw new AppError('not_authenticated')
      limiter.take(contract.limit, caller, context.bytes)
      const input = parse(schema, typeof raw === 'function' ? raw() : raw)
      const named = handler.as?.(caller, input, context) ?? caller
      const acting = named instanceof Promise ? await named : named
      const output = encoded(await answerInTurn(action, input, acting, context))
      limiter.charge('answered_bytes', caller, output.text.length)
      if (checkOutputs) contract.output.parse(JSON.parse(output.text))
      measure(action, context, 'ok', monotonic() - started)
      return output
    } catch (thrown) {
      const error = AppError.from(thrown)
      measure(action, context, error.code, monotonic() - started)
      throw error
    }
  }
}
export type Pipeline = ReturnType<typeof createPipeline>

const isRead = (limit: Limit): boolean => definedRate(limit).reads === true

const encoded = (output: unknown): Json<unknown> => (output instanceof Json ? output : new Json(toJson(output)))

/**
 * replay → allow → run: a known client_id is answered before the rules are asked. What is known at once is not waited for
 * here, nor in `allowed`: every promise and every turn of the queue of promises counts, for each message comes by.
 */
function answer(action: Action, input: unknown, caller: Caller, context: RunContext, keys: CreationKeys): unknown {
  const { contract, handler } = action
  if (contract.creates === 'resource') return answerOnce(action, input, caller, context, keys)
  const replayed = contract.appends ? handler.replay?.(input, caller, context) : undefined
  const goOn = (known: unknown) => (known === undefined ? allowed(action, input, caller, context) : known)
  return replayed instanceof Promise ? replayed.then(goOn) : goOn(replayed)
}

function allowed({ handler }: Action, input: unknown, caller: Caller, context: RunContext): unknown {
  const run = (verdict: true | Failure) => {
    if (verdict !== true) throw new AppError(verdict)
    return handler.run(input, caller, context)
  }
  const verdict = handler.allow(caller, input, context)
  return verdict instanceof Promise ? verdict.then(run) : run(verdict)
}

/** The same for what creates a resource: a known key is answered before the rules are asked. */
async function answerOnce(action: Action, input: unknown, caller: Caller, context: RunContext, keys: CreationKeys) {
  const key = idempotencyKeyOf(context)
  const { current } = action.handler
  if (key === null || caller.kind !== 'user' || !current) return allowed(action, input, caller, context)
  const claim = { user_id: caller.user.id, key, action: action.name, content_hash: contentHash(Object(input)) }
  const again = async (resource: string) => {
    context.replayed?.()
    return current(resource, caller, context)
  }
  return keys.once(claim, again, async (kept) => allowed(action, input, caller, { ...context, claim: kept }))
}

const idempotencyKey = plainText(128)

/** The `Idempotency-Key` of a call, if it has one; throws `validation_error` for one that cannot be kept. */
export function idempotencyKeyOf({ idempotency_key }: CallContext): string | null {
  if (idempotency_key === null) return null
  const parsed = idempotencyKey.safeParse(idempotency_key)
  if (parsed.success) return parsed.data
  const message = parsed.error.issues[0]?.message ?? 'This is not allowed'
  throw new AppError('validation_error', { details: { errors: { 'Idempotency-Key': message } } })
}

/** Parses what a caller sent; an absent field is `missing_fields` with all required ones, a bad one `validation_error`. */
export function parse<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const result = schema.safeParse(raw ?? {})
  if (result.success) return result.data
  const { issues } = result.error
  for (const issue of issues) {
    if (issue.code !== 'custom' || issue.params?.['code'] !== 'too_large') continue
    throw new AppError('too_large', { text: issue.message, details: { limit: Number(issue.params['limit']) } })
  }
  throw inputError(issues, schema, raw)
}

function inputError(issues: readonly z.core.$ZodIssue[], schema: z.ZodType, raw: unknown): AppError {
  // Deeper down an absent field is named with the bad ones: `required` speaks of the top alone.
  const missing = issues.some((issue) => issue.path.length === 1 && valueAt(raw, issue.path) === undefined)
  if (missing) return new AppError('missing_fields', { details: { required: requiredFields(schema) } })
  const fields: Record<string, string> = Object.create(null)
  for (const issue of issues) fields[issue.path.join('.') || 'body'] ??= issue.message
  const details: ErrorDetails = { errors: { ...fields } }
  return new AppError('validation_error', { details })
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at: unknown = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = Reflect.get(at, key)
  }
  return at
}

/** The top-level names that a schema cannot do without, read from its JSON Schema (that is: before any transform). */
function requiredFields(schema: z.ZodType): string[] {
  const { required } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return required ?? []
}
