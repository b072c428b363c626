import type { z } from 'zod'
import type { AnyCaller, Caller } from './caller.ts'
import { AppError, type Failure } from './error.ts'
import { assertAdministrator, assertKnown, parse, roomOf } from './action.ts'
import { assertKey } from './key-rights.ts'
import type { ForKeys } from './scope.ts'
import { definedRate, type Limit, type ReadLimit } from './rate.ts'
import type { Reader, ReadPermit, ReadQueue } from './fairness/read-queue.ts'
import type { LinkTo } from './link.ts'

/**
 * One HTTP route for what is not JSON: files, streams, raw bodies. It has the same callers, budgets, errors, log and
 * documents as an action. Path parameters and the query are its `input`; the body is what `takes` says.
 */
export type RouteContract = ForKeys & {
  summary: string
  path: `/${string}`
  input: z.ZodType
  takes: Takes
  answers: RouteSuccess
  caller: 'anyone' | 'user' | 'admin'
  limit: Limit
  /** Codes beyond those that every route may answer. */
  errors: readonly Failure[]
  /** Of every answer, refusals too, where a protocol asks for them. */
  headers?: Headers
} & ({ method: 'GET'; link?: LinkTo } | { method: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'; link?: never })

/**
 * The body. `bytes` is received whole before the handler runs, `stream` as it is read; `most` bounds it in bytes. `types`
 * are MIME types, `*` any: another type is `unsupported_type`. `form` is multipart/form-data with a file under the name
 * `file`, which is read as a stream, and these fields (rule RR8).
 */
export type Takes =
  | { as: 'nothing' }
  | { as: 'bytes' | 'stream'; types: readonly string[]; most: number }
  | { as: 'form'; file: string; fields: z.ZodObject; most: number }

/** The success that the documents show: JSON of this schema, bytes of these MIME types, or no content. */
export type RouteSuccess =
  | { status: 200 | 201; json: z.ZodType }
  | { status: 200; types: readonly string[]; ranges?: true }
  | { status: 204 }

/** Bytes that are read in chunks; leaving the loop early closes their source. */
export type Bytes = AsyncIterable<Uint8Array>

/**
 * The body of a request, which is received as it is read. Each chunk is valid until the next one is asked for. `declared`: the
 * length in bytes that the client gave; null: none.
 */
export type IncomingBytes = { readonly declared: number | null; readonly bytes: Bytes }

/** The file of a form; its chunks are valid as long as those of a body. `name`: the client's name for it, any text. */
export type FormFile = { readonly field: string; readonly name: string; readonly bytes: Bytes }

/** The form of a request, which is received as it is read. `declared`: the length of the body in bytes; null: not given. */
export type IncomingForm<Fields = unknown> = {
  readonly declared: number | null
  /**
   * Reads the form. If it has a file, `take` gets that as a stream, and fields that follow the file are not known yet. Rejects
   * with the errors of a stream, with those of `take`, and if the fields are not as the contract says.
   */
  read(take: (file: FormFile) => Promise<void>): Promise<Fields>
}

/** The first and the last byte of a part, counted from 0. */
export type ByteRange = { readonly first: number; readonly last: number }

/** Bytes that never change under their tag, of which clients may ask for parts (RFC 9110, 14). */
export type Blob = {
  readonly size: number
  readonly type: string
  /** A strong entity tag, with its quotes. */
  readonly etag: string
  /** When it was stored, in ms since 1970; null: not known. */
  readonly modified: number | null
  /** Its chunks are the caller's, who frees them. */
  open(range: ByteRange): Bytes
}

type Headers = Readonly<Record<string, string>>

/** What a route's handler answers. */
export type RouteAnswer = { readonly headers?: Headers } & (
  | { readonly json: unknown }
  | { readonly blob: Blob }
  | { readonly bytes: Bytes; readonly type: string; readonly size?: number }
  | { readonly none: true }
)

type BodyOf<T extends Takes> = T extends { as: 'nothing' }
  ? null
  : T extends { as: 'bytes' }
    ? Uint8Array
    : T extends { as: 'form'; fields: infer Fields extends z.ZodObject }
      ? IncomingForm<z.output<Fields>>
      : IncomingBytes

/** What the door knows of one request. */
export type RouteRequest<Body = unknown> = {
  readonly body: Body
  /** As they came; names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Aborted when the client has gone before the answer ended: whatever feeds the answer must end then. */
  readonly signal: AbortSignal
  readonly trace_id: string
  /** The caller in the queue for reads. */
  readonly reader: Reader
}

type ContextOf<C extends RouteContract> = RouteRequest<BodyOf<C['takes']>> &
  (C['limit'] extends ReadLimit ? { readonly permit: ReadPermit } : unknown)

/** Only a route that says so is called with a signed link (rule LK2). */
type CallerOf<C extends RouteContract> = C extends { link: LinkTo } ? AnyCaller : Caller

type RouteHandler<C extends RouteContract> = {
  /** Required: a route without a rule does not compile. Only `true` lets the request pass; the body is not read before. */
  allow: (
    caller: CallerOf<C>,
    input: z.output<C['input']>,
    context: ContextOf<C>,
  ) => true | Failure | Promise<true | Failure>
  run: (input: z.output<C['input']>, caller: CallerOf<C>, context: ContextOf<C>) => RouteAnswer | Promise<RouteAnswer>
}

/** A route bound to its handler, with the types of its input erased: what the HTTP door loops over. */
export type Route = { name: string; contract: RouteContract; handler: RouteHandler<RouteContract> }

export const defineRoutes = <const T extends Record<string, RouteContract>>(routes: T): T => routes

/** Binds every route of a contract; a missing, extra or wrongly typed handler does not compile. */
export function implementRoutes<const T extends Record<string, RouteContract>>(
  contracts: T,
  handlers: { [K in keyof T]: RouteHandler<T[K]> },
): Route[] {
  return Object.entries(contracts).map(([name, contract]) => ({
    name,
    contract,
    // Sound because the door hands a handler only what this contract's own schema and `takes` let through.
    handler: handlers[name] as unknown as RouteHandler<RouteContract>,
  }))
}

export type RoutePipelineDeps = {
  limiter: { take(limit: Limit, caller: AnyCaller, bytes: number): void }
  readQueue: ReadQueue
  /** Called for every answered request, with its code and the ms until the answer began. */
  measure: (route: Pick<Route, 'name'>, code: string, ms: number) => void
  monotonic: () => number
}

/**
 * The one way from the door to a route's handler: caller → rate limit → parse → (turn) → allow → run. Bytes of streams are
 * charged by the door as they pass. Throws AppError only.
 */
export function createRoutePipeline({ limiter, readQueue, measure, monotonic }: RoutePipelineDeps) {
  async function answer({ handler }: Route, input: unknown, asking: AnyCaller, context: RouteRequest) {
    // Sound: only handlers whose contract takes links expect their bearers, and the door makes them for no others.
    const caller = asking as Caller
    // Sound: only handlers whose contract has a read limit expect the turn, and only they get it.
    const verdict = await handler.allow(caller, input, context as ContextOf<RouteContract>)
    if (verdict !== true) throw new AppError(verdict)
    return handler.run(input, caller, context as ContextOf<RouteContract>)
  }

  return async function call(route: Route, raw: () => unknown, caller: AnyCaller, request: RouteRequest) {
    const started = monotonic()
    try {
      const { caller: who, limit, input: schema, takes } = route.contract
      assertKnown(who, caller)
      const sent = takes.as === 'bytes' && request.body instanceof Uint8Array ? request.body.length : 0
      limiter.take(limit, caller, sent)
      const input = parse(schema, raw())
      assertKey(route.contract, caller, roomOf(input))
      assertAdministrator(who, caller)
      const isRead = definedRate(limit).reads === true
      const found = isRead
        ? await readQueue.take(request.reader, (permit) =>
            answer(route, input, caller, Object.assign({ permit }, request)),
          )
        : await answer(route, input, caller, request)
      measure(route, 'ok', monotonic() - started)
      return found
    } catch (thrown) {
      const error = AppError.from(thrown)
      measure(route, error.code, monotonic() - started)
      throw error
    }
  }
}
export type RoutePipeline = ReturnType<typeof createRoutePipeline>
