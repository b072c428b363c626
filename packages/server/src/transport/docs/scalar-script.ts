import type { EncodedBody } from '../web/file-answer.ts'

/** A body as it arrives from a thread. */
type SentBody = { body: Uint8Array; etag: string }

/** The reference's script as the thread that makes it sends it. */
export type Script = { plain: SentBody; gzip: SentBody }

export const isScript = (value: unknown): value is Script =>
  typeof value === 'object' && value !== null && 'plain' in value && 'gzip' in value

/** The same bytes; a Buffer arrives from a thread as a Uint8Array. */
export const inBuffer = ({ body, etag }: SentBody): EncodedBody => ({
  body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  etag,
})
