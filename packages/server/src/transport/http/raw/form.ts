import type { Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import { AppError } from '../../../core/error.ts'
import type { Bytes, FormFile } from '../../../core/route.ts'
import { least } from './releasing.ts'

/** Of one form: fields beside the file, bytes of one of them, parts, and header lines and their bytes of one part. */
const limits = { files: 1, fields: 16, fieldSize: 16 * 1024, parts: 20, headerPairs: 16, headerSize: 8 * 1024 }

/** UTF-16 units of a form's type at most, most of which is its boundary: 70 characters (RFC 2046, 5.1.1). Shorter than what is freed. */
const longestType = least - 8

type Fields = Record<string, string>

/**
 * Reads a form (multipart/form-data, RFC 7578) as it arrives: its fields, and its file, which `take` gets as a stream. A form that
 * breaks off, or that `take` refuses, is not read on, and what `take` reads ends with the same error. Throws `malformed` for
 * one that is none, and `too_large` for one of more parts than the limits.
 */
export async function readForm(type: string, bytes: Bytes, take: (file: FormFile) => Promise<void>): Promise<Fields> {
  const form = openForm(type)
  const fields: Fields = Object.create(null)
  let taking: Promise<void> = Promise.resolve()
  let stream: { destroy(error: Error): void } | null = null
  let failure: unknown = null
  let onFailure: (cause: unknown) => void = () => undefined
  const fail = (cause: unknown): void => {
    failure ??= cause
    onFailure(failure)
  }
  async function taken(given: FormFile, file: Readable): Promise<void> {
    await take(given)
    // The parser would wait for it for ever.
    if (!file.readableEnded) throw new Error('The file of a form was not read to its end')
  }
  /** What the parser does next, or its failure: of the form, or of whoever takes the file. */
  const step = (start: (done: () => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      onFailure = reject
      if (failure !== null) reject(failure)
      else start(resolve)
    })

  form.on('field', (name, value, isNameCut, isCut) => {
    if (isNameCut || isCut) fail(new AppError('too_large', { details: { limit: limits.fieldSize } }))
    else fields[name] = value
  })
  form.on('file', (field, file, name) => {
    stream = file
    file.on('error', (cause) => {
      // Whoever takes it has left it, and says why.
      if (!file.destroyed) fail(new AppError('malformed', { cause }))
    })
    taking = taken({ field, name: name ?? '', bytes: file }, file)
    taking.catch(fail)
  })
  form.on('error', (cause) => fail(new AppError('malformed', { cause })))
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    form.on(limit, () => fail(new AppError('too_large', { text: 'The form has too many parts' })))

  try {
    for await (const chunk of bytes) await step((done) => form.write(chunk, () => done()))
    await step((done) => form.on('finish', done).end())
    await taking
    return fields
  } catch (cause) {
    const error = AppError.from(cause)
    // Assigned in a listener, which the compiler does not follow.
    const left = stream as { destroy(error: Error): void } | null
    left?.destroy(error)
    await taking.catch(() => undefined)
    throw error
  }
}

function openForm(type: string) {
  if (type.length > longestType) throw new AppError('malformed', { text: 'The boundary of the form is too long' })
  try {
    return new Busboy({ headers: { 'content-type': type }, limits, preservePath: true })
  } catch (cause) {
    throw new AppError('malformed', { text: 'The form has no boundary', cause })
  }
}
