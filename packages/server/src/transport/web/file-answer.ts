import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** A file in one encoding, compressed or not. */
export type EncodedBody = { body: Buffer; etag: string }

/** A file in all its encodings. */
export type ReadyFile = { type: string; plain: EncodedBody; brotli: EncodedBody | null; gzip: EncodedBody | null }

/** A hash of the content, so that it is the same on all nodes; each encoding has its own tag (RFC 9110, 8.8.3). */
export const encodedBody = (body: Buffer): EncodedBody => ({
  body,
  etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
})

/** Compresses generated content once, off the event loop. */
export async function readyFile(type: string, content: string | Buffer): Promise<ReadyFile> {
  const body = Buffer.from(content)
  return { type, plain: encodedBody(body), brotli: null, gzip: encodedBody(await promisify(gzip)(body)) }
}

type Headers = Readonly<Record<string, string>>

/**
 * Sends the best encoding that the client accepts, or 304 if its copy is current. Compresses nothing: a request only
 * costs a look at its headers.
 */
export function sendFile(
  file: ReadyFile,
  headers: Headers,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { form, coding } = formFor(file, request.headers['accept-encoding'] ?? '')
  reply.headers(headers).headers({ etag: form.etag, vary: 'Origin, Accept-Encoding' })
  if (isKnown(form, request.headers['if-none-match'])) return reply.code(304).send()
  if (coding) reply.header('content-encoding', coding)
  return reply.header('content-type', file.type).send(form.body)
}

function formFor({ plain, brotli, gzip }: ReadyFile, accepted: string): { form: EncodedBody; coding: string | null } {
  if (brotli && accepts(accepted, 'br')) return { form: brotli, coding: 'br' }
  if (gzip && accepts(accepted, 'gzip')) return { form: gzip, coding: 'gzip' }
  return { form: plain, coding: null }
}

/** `gzip;q=0` means not acceptable (RFC 9110, 12.5.3). */
const accepts = (header: string, coding: string): boolean =>
  header.split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })

/** `If-None-Match` uses the weak comparison (RFC 9110, 13.1.2). */
const isKnown = ({ etag }: EncodedBody, given: string | undefined): boolean =>
  given?.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim())) ?? false
