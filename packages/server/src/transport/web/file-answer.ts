import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** One form of a file: packed or as it is. */
export type EncodedBody = { body: Buffer; etag: string }

/** A file in every form that it is sent in. */
export type ReadyFile = { type: string; plain: EncodedBody; brotli: EncodedBody | null; gzip: EncodedBody | null }

/** Made of the content, so that all nodes say the same, and a form has a tag of its own (RFC 9110, 8.8.3). */
export const encodedBody = (body: Buffer): EncodedBody => ({
  body,
  etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
})

/** Packs what is made here rather than built, off the loop and once. */
export async function readyFile(type: string, content: string | Buffer): Promise<ReadyFile> {
  const body = Buffer.from(content)
  return { type, plain: encodedBody(body), brotli: null, gzip: encodedBody(await promisify(gzip)(body)) }
}

type Headers = Readonly<Record<string, string>>

/** Sends the form that the client can unpack, or 304 when it has it. Nothing is packed or unpacked here: a request costs a look at its headers. */
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

/** `gzip;q=0` means: not that (RFC 9110, 12.5.3). */
const accepts = (header: string, coding: string): boolean =>
  header.split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })

/** `If-None-Match` compares weakly (RFC 9110, 13.1.2). */
const isKnown = ({ etag }: EncodedBody, given: string | undefined): boolean =>
  given?.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim())) ?? false
