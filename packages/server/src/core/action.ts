import { z } from 'zod'
import type { AnyCaller, Caller } from './caller.ts'
import { contentHash } from './text/content-hash.ts'
import { type ActionContract, type Input, type Output, plainText } from './contract.ts'
import { AppError, type Failure, type ErrorDetails } from './error.ts'
import { Json, toJson } from './json.ts'
import type { ConnectionCalls } from './order/connection-calls.ts'
import type { CallOrder, QueuedCall } from './order/room-queue.ts'
import { type BytesName, definedRate, type Limit, type ReadLimit } from './rate.ts'
import { assertKey } from './key-rights.ts'
import { callersReader, type Reader, type ReadPermit, type ReadQueue } from './fairness/read-queue.ts'

/** What a door knows of one call. */
export type CallContext = {
  door: 'http' | 'socket'
  /** The live connection to attach to rooms; null for a REST call. */
  connection_id: string | null
  /** Whether the caller gets the reply: always over HTTP, on a socket when it asked for an acknowledgement. */
  ack: boolean
  /** The `Idempotency-Key` header as it came: `idempotencyKeyOf` reads it. */
  idempotency_key: string | null
  /** For the `run` of an action that creates a resource: what must be stored with it (rule IK3); absent without a key. */
  claim?: Claim
  /** Called before the answer is sent if it repeats an earlier one. */
  replayed?: () => void
  /** The User-Agent that a REST caller sent. */
  user_agent?: string | null
  trace_id: string
  /** Bytes that the caller sent. */
  bytes: number
  /** The connection in the queue for reads; null for a REST call, which waits there under its caller. */
  reader: Reader | null
  /** The calls of the connection; null for a REST call, which keeps no order with others. */
  calls: ConnectionCalls | null
}

/** The context with which a handler is called. */
export type RunContext = CallContext & {
  /** The call in the queue of its connection and room; null if it is in none. It goes into the last commit of the call. */
  readonly queued: QueuedCall | null
  /** Charges the caller for bytes beyond those of the call and its answer: bytes times receivers for a fan-out. */
  charge(name: BytesName, bytes: number): void
  /** The same for bytes that may as well stay unsent: false, and nothing is charged, unless the budgets hold all of them. */
  spend(name: BytesName, bytes: number): boolean
}

/** The context of actions under a read limit: they have waited for their turn, and pass it to the functions that read. */
export type ReadContext = RunContext & { readonly permit: ReadPermit }
export type ContextOf<C extends ActionContract> = C['limit'] extends ReadLimit ? ReadContext : RunContext

export type Handler<C extends ActionContract> = {
  /** Whom the caller acts as, decided between parse and replay: for example the guest behind a label. */
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
  /** What `run` created under the same key, as it is now. Required for actions with `creates: 'resource'`. */
  current?: (resource: string, caller: Caller, context: ContextOf<C>) => Reply<C> | Promise<Reply<C>>
}
/** The functions that the contract requires besides `allow` and `run`. */
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
   * Runs `create` if the key is new, with the claim that must be stored, else `again` with what was created. Throws
   * `client_id_reused`.
   */
  once<T>(claim: Claim, again: (resource: string) => Promise<T>, create: (kept: Claim) => Promise<T>): Promise<T>
}

export type PipelineDeps = {
  keys: CreationKeys
  limiter: {
    /** Takes one call, and the bytes that it sends, from the caller's budgets; throws `rate_limited` when one is empty. */
    take(limit: Limit, caller: Caller, bytes: number): void
    /** Takes the cost that is known only afterwards. */
    charge(name: BytesName, caller: Caller, bytes: number): void
    /** Takes a cost that need not arise, if the budgets hold it. */
    spend(name: BytesName, caller: Caller, bytes: number): boolean
  }
  readQueue: ReadQueue
  /** Called for every answered call, with its code and duration in ms. */
  measure: (action: Action, context: CallContext, code: string, ms: number) => void
  /** Ms on a clock that never jumps. */
  monotonic: () => number
  /** Tests check the answers of handlers against the contract; production trusts the types. */
  checkOutputs: boolean
}

/**
 * The one way from a door to a handler: caller → rate limit → parse → (order) → (turn) → replay → allow → run → reply. Calls
 * of one connection in one room keep their order; actions under a read limit wait for their turn; every call is charged for
 * the bytes that it sends and receives.
 * `schema` is the door's own `accepts` or the action's input. `raw` is the input as sent, or a function that reads it, called
 * at the parse step: so a body that cannot be parsed answers 400 after the 401 and 429. Throws AppError only.
 */
export function createPipeline({ limiter, readQueue, measure, monotonic, checkOutputs, keys }: PipelineDeps) {
  function answerInTurn(
    action: Action,
    input: unknown,
    caller: Caller,
    context: CallContext,
    queued: QueuedCall | null,
  ) {
    const charge = (name: BytesName, bytes: number) => limiter.charge(name, caller, bytes)
    const spend = (name: BytesName, bytes: number) => limiter.spend(name, caller, bytes)
    const running = { ...context, charge, spend, queued }
    if (!isRead(action.contract.limit)) return answer(action, input, caller, running, keys)
    const reader = context.reader ?? callersReader(caller)
    return readQueue.take(reader, async (permit) => {
      // Sound: only handlers whose contract has a read limit expect the turn, and only they get it.
      const withPermit: ReadContext = { ...running, permit }
      const output = encoded(await answer(action, input, caller, withPermit, keys))
      permit.answers(output.text.length)
      return output
    })
  }

  return async function call(
    action: Action,
    schema: z.ZodType,
    raw: unknown,
    asking: Caller,
    context: CallContext,
  ): Promise<Json<unknown>> {
    const started = monotonic()
    let queued: QueuedCall | null = null
    let caller = asking
    try {
      const { contract, handler } = action
      assertKnown(contract.caller, caller)
      limiter.take(contract.limit, caller, context.bytes)
      const input = parse(schema, typeof raw === 'function' ? raw() : raw)
      assertKey(contract, caller, roomOf(input))
      assertAdministrator(contract.caller, caller)
      const entered = enter(contract, input, context)
      if (entered instanceof Promise) {
        queued = await entered
        caller = context.calls?.caller() ?? caller
      } else queued = entered
      const named = handler.as?.(caller, input, context) ?? caller
      const acting = named instanceof Promise ? await named : named
      const answered = answerInTurn(action, input, acting, context, queued)
      const output = encoded(answered instanceof Promise ? await answered : answered)
      limiter.charge('answered_bytes', caller, output.text.length)
      if (checkOutputs) contract.output.parse(JSON.parse(output.text))
      measure(action, context, 'ok', monotonic() - started)
      return output
    } catch (thrown) {
      const error = AppError.from(thrown)
      measure(action, context, error.code, monotonic() - started)
      throw error
    } finally {
      queued?.end()
    }
  }
}
/** Throws `not_authenticated` where the contract needs a user. */
export function assertKnown(needed: ActionContract['caller'], caller: AnyCaller): void {
  if (caller.kind === 'anonymous' && (needed === 'user' || needed === 'admin')) throw new AppError('not_authenticated')
}

/** Throws `forbidden` where the contract needs an administrator. */
export function assertAdministrator(needed: ActionContract['caller'], caller: AnyCaller): void {
  if (needed !== 'admin' || (caller.kind === 'user' && caller.admin === true)) return
  throw new AppError('forbidden', { text: 'Only administrators of this server can do this' })
}

export type Pipeline = ReturnType<typeof createPipeline>

/** Puts a call that names a room behind the earlier ones of its connection there (rule CO1); null: it keeps no order. */
function enter(contract: ActionContract, input: unknown, { calls, bytes }: CallContext) {
  if (calls === null) return null
  const room_id = roomOf(input)
  return room_id === null ? null : calls.enter(room_id, orderOf(contract), bytes)
}

const orderOf = ({ order, limit }: ActionContract): CallOrder => order ?? (isRead(limit) ? 'reads' : 'waits')

/** The room that the input of a call names, if it does. */
export function roomOf(input: unknown): string | null {
  if (typeof input !== 'object' || input === null || !('room_id' in input)) return null
  return typeof input.room_id === 'string' ? input.room_id : null
}

const isRead = (limit: Limit): boolean => definedRate(limit).reads === true

const encoded = (output: unknown): Json<unknown> => (output instanceof Json ? output : new Json(toJson(output)))

/**
 * replay → allow → run: a known client_id is answered before the rules run. Values that are known at once are not awaited
 * here, nor in `allowed`: every message takes this path, so each promise and each microtask costs.
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

/** The same for actions that create a resource: a known key is answered before the rules run. */
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

/** The `Idempotency-Key` of a call, if it has one; throws `validation_error` for one that cannot be stored. */
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
  // An absent field of a nested object is listed among the bad ones: `required` names top-level fields only.
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

/** The required top-level fields of a schema, read from its JSON Schema (that is: before any transform). */
function requiredFields(schema: z.ZodType): string[] {
  const { required } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return required ?? []
}
