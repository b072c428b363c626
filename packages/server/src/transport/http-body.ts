import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../core/error.ts'

/** What a content type parser leaves in `request.body`: bytes to be read as JSON, a refusal, or nothing. */
type Received = Buffer | AppError | undefined
type Done = (error: null, received: Received) => void

/**
 * Takes bodies as bytes and judges nothing yet: whether they are JSON is asked when it is parse's turn (rule H3). A body
 * that is refused is a value, not an error: Fastify would end the connection on one, and the answer could be lost.
 */
export function acceptBodies(app: FastifyInstance, limit: number): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', (request, payload, done: Done) => {
    if (declaredLength(request) > limit) done(null, tooLarge(limit))
    else collect(payload, limit, done)
  })
  app.addContentTypeParser('*', (request, _payload, done: Done) => {
    const isEmpty = request.headers['transfer-encoding'] === undefined && declaredLength(request) === 0
    done(null, isEmpty ? undefined : new AppError('unsupported_type'))
  })
}

/** Throws what the body was refused with: 413 and 415 come before every other answer (rule H3). */
export function assertAccepted(request: FastifyRequest): void {
  if (request.body instanceof AppError) throw request.body
}

/** The body as an object; an absent or empty one is `{}`. Throws `malformed`. */
export function readBody(body: unknown): object {
  if (!Buffer.isBuffer(body) || body.length === 0) return {}
  const value = readJson(body.toString())
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new AppError('malformed', { text: 'The body must be a JSON object' })
}

function readJson(text: string): unknown {
  try {
    // A name that an object's prototype goes by is left out, at any depth: whoever copies the value stays safe (rule H6).
    return /__proto__|\\u005f/i.test(text) ? JSON.parse(text, withoutPrototype) : JSON.parse(text)
  } catch (cause) {
    throw new AppError('malformed', { cause })
  }
}

const withoutPrototype = (name: string, value: unknown) => (name === '__proto__' ? undefined : value)

const declaredLength = (request: FastifyRequest): number => Number(request.headers['content-length'] ?? 0)
const tooLarge = (limit: number) => new AppError('too_large', { details: { limit } })

/** Reads a body whose length may not be declared. One that breaks off is never answered, so what is left of it is void. */
function collect(payload: NodeJS.ReadableStream, limit: number, done: Done): void {
  const chunks: Buffer[] = []
  let length = 0
  const finish = (received: Received) => {
    payload.removeListener('data', take)
    payload.removeListener('end', end)
    payload.removeListener('error', fail)
    done(null, received)
  }
  const take = (chunk: Buffer) => {
    length += chunk.length
    if (length <= limit) {
      chunks.push(chunk)
      return
    }
    finish(tooLarge(limit))
    // Drained, so that the sender comes to read the answer; the server's request timeout bounds it.
    payload.on('error', () => {}).resume()
  }
  const end = () => finish(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length))
  const fail = (cause: unknown) => finish(new AppError('malformed', { cause }))
  payload.on('data', take).on('end', end).on('error', fail)
}
