import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../../core/error.ts'
import { toJson } from '../../../core/json.ts'
import type { Blob, ByteRange, Bytes, RouteAnswer, RouteContract } from '../../../core/route.ts'
import { jsonType } from '../error.ts'
import type { Meter } from './meter.ts'
import { select } from './ranges.ts'
import { releasingSent } from './releasing.ts'

export type Sending = { request: FastifyRequest; reply: FastifyReply; signal: AbortSignal; meter: Meter }

/** Sends what a route's handler answered: JSON, nothing, bytes as they come, or a blob with its ranges (rule RR4). */
export function sendAnswer(answer: RouteAnswer, { answers }: RouteContract, sending: Sending): FastifyReply {
  const { reply } = sending
  if (answer.headers) reply.headers(answer.headers)
  if ('json' in answer) return reply.code(answers.status).header('content-type', jsonType).send(toJson(answer.json))
  if ('none' in answer) return reply.code(204).send()
  if ('blob' in answer) return sendBlob(answer.blob, sending)
  reply.code(200).header('content-type', answer.type)
  if (answer.size !== undefined) reply.header('content-length', answer.size)
  return sendBytes(() => answer.bytes, sending)
}

function sendBlob(blob: Blob, sending: Sending): FastifyReply {
  const { request, reply } = sending
  const { size, type, etag, modified } = blob
  reply.headers({ etag, 'accept-ranges': 'bytes' })
  if (modified !== null) reply.header('last-modified', new Date(modified).toUTCString())
  const selection = select(request.method, request.headers, blob)
  if (selection.status === 304) return reply.code(304).send()
  if (selection.status === 412) throw new AppError('precondition_failed')
  if (selection.status === 416) {
    reply.header('content-range', `bytes */${size}`)
    throw new AppError('range_not_satisfiable')
  }
  if (selection.status === 200) {
    reply.code(200).headers({ 'content-type': type, 'content-length': size })
    return sendBytes(() => (size === 0 ? none : blob.open({ first: 0, last: size - 1 })), sending, releasingSent)
  }
  reply.code(206)
  const [range, ...others] = selection.ranges
  if (others.length > 0) return sendParts(blob, selection.ranges, sending)
  reply.headers({ 'content-type': type, 'content-length': lengthOf(range), 'content-range': contentRange(range, size) })
  return sendBytes(() => blob.open(range), sending, releasingSent)
}

/** Several ranges as multipart/byteranges (RFC 9110, 14.6). */
function sendParts(blob: Blob, ranges: readonly ByteRange[], sending: Sending): FastifyReply {
  const boundary = randomBytes(16).toString('hex')
  const heads = ranges.map((range) =>
    Buffer.from(
      `\r\n--${boundary}\r\nContent-Type: ${blob.type}\r\nContent-Range: ${contentRange(range, blob.size)}\r\n\r\n`,
    ),
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  const length = ranges.reduce((sum, range, at) => sum + lengthOf(range) + (heads[at]?.length ?? 0), tail.length)
  sending.reply.headers({
    'content-type': `multipart/byteranges; boundary=${boundary}`,
    'content-length': length,
  })
  async function* parts(): Bytes {
    for (const [at, range] of ranges.entries()) {
      yield heads[at] ?? tail
      yield* blob.open(range)
    }
    yield tail
  }
  return sendBytes(parts, sending, releasingSent)
}

const lengthOf = ({ first, last }: ByteRange): number => last - first + 1
const contentRange = ({ first, last }: ByteRange, size: number): string => `bytes ${first}-${last}/${size}`

const none: Bytes = { async *[Symbol.asyncIterator]() {} }

/** HEAD has the headers alone, and opens nothing. Without a stream Fastify would say that the length is 0. */
function sendBytes(
  open: () => Bytes,
  { request, reply, signal, meter }: Sending,
  pass: (bytes: Bytes, waiting: () => number) => Bytes = (bytes) => bytes,
): FastifyReply {
  if (request.method === 'HEAD') return reply.send(Readable.from(none, { objectMode: false }))
  const source = open()
  // What waits for bytes that never come ends too.
  if (source instanceof Readable) signal.addEventListener('abort', () => source.destroy(), { once: true })
  async function* metered() {
    for await (const chunk of source) {
      const held = meter.pass(chunk.length)
      if (held) await held
      yield chunk
    }
  }
  const waiting = (): number => stream.readableLength + reply.raw.writableLength
  const stream: Readable = Readable.from(pass(metered(), waiting), { objectMode: false })
  return reply.send(stream)
}
