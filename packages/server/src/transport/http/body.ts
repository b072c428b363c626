import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../core/error.ts'
import type { Takes } from '../../core/route.ts'
import { parseWellFormed } from '../../core/text/well-formed.ts'
import { rateLimited } from '../../platform/limiter/limiter.ts'
import { assertFewValues } from './json-values.ts'
import type { ByteCounter, InFlightBytes } from './in-flight-bytes.ts'

/** What a content type parser leaves in `request.body`: bytes to parse as JSON, a refusal, or nothing. */
type Received = Buffer | AppError | undefined
type Done = (error: null, received: Received) => void

/**
 * Receives bodies as bytes and does not parse them yet: the pipeline does that at its parse step (rule H3). A body
 * that is refused is a value, not an error: Fastify would end the connection on one, and the answer could be lost.
 */
export function acceptBodies(app: FastifyInstance, limit: number, inFlight: InFlightBytes): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', (request, payload, done: Done) => {
    const { takes } = request.routeOptions.config
    if (takes) acceptRaw(takes, request, payload, inFlight, done)
    // No route would read it (rule H7).
    else if (request.is404) done(null, undefined)
    else if (!isPlainUtf8(request.headers)) done(null, new AppError('unsupported_type'))
    else if (declaredLength(request) > limit) done(null, tooLarge(limit))
    else collect(payload, limit, inFlight.from(request.address), done)
  })
  app.addContentTypeParser('*', (request, payload, done: Done) => {
    const { takes } = request.routeOptions.config
    if (takes) {
      acceptRaw(takes, request, payload, inFlight, done)
      return
    }
    const isEmpty = request.headers['transfer-encoding'] === undefined && declaredLength(request) === 0
    done(null, isEmpty ? undefined : new AppError('unsupported_type'))
  })
}

/** The body of a raw route: received whole, or left to be read as a stream. */
function acceptRaw(
  takes: Takes,
  request: FastifyRequest,
  payload: NodeJS.ReadableStream,
  inFlight: InFlightBytes,
  done: Done,
): void {
  if (takes.as === 'nothing') done(null, undefined)
  else if (!isOneOf(typesOf(takes), request.headers)) done(null, new AppError('unsupported_type'))
  else if (declaredLength(request) > takes.most) done(null, tooLarge(takes.most))
  else if (takes.as !== 'bytes') done(null, undefined)
  else collect(payload, takes.most, inFlight.from(request.address), done)
}

const typesOf = (takes: Exclude<Takes, { as: 'nothing' }>): readonly string[] =>
  takes.as === 'form' ? ['multipart/form-data'] : takes.types

/** Whether the body is uncompressed and of one of these MIME types; `*` is any, and none at all. */
function isOneOf(types: readonly string[], headers: IncomingHttpHeaders): boolean {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return isUncompressed(headers) && (types.includes('*') || types.includes(type))
}

/** Throws the refusal of the body, which comes before every other answer (rule H3). */
export function assertAccepted({ body }: FastifyRequest, reply: FastifyReply): void {
  if (!(body instanceof AppError)) return
  // The rest of a body over the limit of in-flight bytes is not awaited (rule H15).
  if (body.is('rate_limited')) reply.header('connection', 'close')
  // Tells a client whether the type or the encoding is unsupported (RFC 9110, 15.5.16).
  if (body.is('unsupported_type')) reply.header('accept-encoding', 'identity')
  throw body
}

/**
 * The body as an object of at most `limit` values; an absent or empty body is `{}`. Throws `malformed`, `too_large`.
 */
export function readBody(body: unknown, values: number): object {
  if (!Buffer.isBuffer(body) || body.length === 0) return {}
  // Without this check invalid UTF-8 would be stored as U+FFFD and answered with success.
  if (!isUtf8(body)) throw new AppError('malformed', { text: 'The body is not UTF-8' })
  const text = body.toString()
  assertFewValues(text, values)
  const value = readJson(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new AppError('malformed', { text: 'The body must be a JSON object' })
}

function readJson(text: string): unknown {
  try {
    const value = parseWellFormed(text)
    // Written literally, or with any of its letters escaped.
    if (text.includes('__proto__') || text.includes('\\u')) leaveOutPrototypes(value)
    return value
  } catch (cause) {
    throw new AppError('malformed', { cause })
  }
}

/** Leaves out fields named `__proto__`, at any depth, so that copying the value is safe (rule H6). */
function leaveOutPrototypes(value: unknown): void {
  const found = [value]
  while (found.length > 0) {
    const one = found.pop()
    if (typeof one !== 'object' || one === null) continue
    if (Object.hasOwn(one, '__proto__')) Reflect.deleteProperty(one, '__proto__')
    for (const inner of Object.values(one)) found.push(inner)
  }
}

/** Whether a body is uncompressed and in JSON's only charset, UTF-8 (RFC 8259, 8.1). */
export function isPlainUtf8(headers: IncomingHttpHeaders): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8'
  return isUncompressed(headers) && /^utf-?8$/i.test(charset)
}

/** As content and in transfer: of several transfer codings Node decodes the last, `chunked`, and ignores the others. */
function isUncompressed(headers: IncomingHttpHeaders): boolean {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? ''
  const transfer = headers['transfer-encoding']?.trim().toLowerCase() ?? ''
  return (coding === '' || coding === 'identity') && (transfer === '' || transfer === 'chunked')
}

const declaredLength = (request: FastifyRequest): number => Number(request.headers['content-length'] ?? 0)
/** Ms after which a body refused for its address's in-flight bytes may be sent again. */
const retryAfter = 1000
const tooLarge = (limit: number) => new AppError('too_large', { details: { limit } })

/** Reads a body whose length may be undeclared. A broken-off body gets no reply, so its bytes are discarded. */
function collect(payload: NodeJS.ReadableStream, limit: number, arrival: ByteCounter, done: Done): void {
  const chunks: Buffer[] = []
  let length = 0
  const finish = (received: Received) => {
    payload.removeListener('data', take)
    payload.removeListener('end', end)
    payload.removeListener('error', fail)
    arrival.end()
    done(null, received)
  }
  const take = (chunk: Buffer) => {
    length += chunk.length
    const isHeld = length <= limit && arrival.add(chunk.length)
    if (isHeld) {
      chunks.push(chunk)
      return
    }
    finish(length > limit ? tooLarge(limit) : rateLimited(retryAfter))
    chunks.length = 0
    // Drains the rest, so that the sender reads the reply; the server's request timeout limits this.
    payload.on('error', () => {}).resume()
  }
  const end = () => finish(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length))
  const fail = (cause: unknown) => finish(new AppError('malformed', { cause }))
  payload.on('data', take).on('end', end).on('error', fail)
}
