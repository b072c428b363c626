import type { Caller, UserCaller } from '../../../core/caller.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import { assertRoomOfKey } from '../../../core/key-rights.ts'
import type { IncomingBytes, RouteAnswer, RouteRequest } from '../../../core/route.ts'
import type { Blobs } from '../../../platform/files/files.ts'
import { roomId } from '../../rooms/contract.ts'
import { altText, saidWaveform, type ShownFile } from '../contract.ts'
import type { Processing } from './processing.ts'
import type { Receiving } from './receiving.ts'
import type { FileRow, UploadsStore } from '../store/store.ts'
import { kept } from '../sweeping.ts'

type Headers = RouteRequest['headers']

export type ResumableDeps = {
  store: Pick<UploadsStore, 'find' | 'touch'>
  blobs: Pick<Blobs, 'arrived'>
  receiving: Receiving
  processing: Pick<Processing, 'remove'>
  clock: Pick<Clock, 'now'>
  /** The caller as a stored user. */
  stored: (caller: Caller, headers: Headers) => Promise<UserCaller>
  /** Rejects unless the caller may send files to this room (rule UP12). */
  assertMaySend: (caller: Caller, room_id: string) => Promise<void>
  /** Rejects unless the caller may read the room of this attached file. */
  assertReadsRoom: (row: FileRow, caller: Caller) => Promise<void>
  shown: (row: FileRow) => ShownFile
  /** The path under which this server is reached, in front of its own. */
  basePath: string
}

const version = '1.0.0'

/** Resumable uploads (rules TU1 to TU4), after https://tus.io/protocols/resumable-upload. */
export function createResumable(deps: ResumableDeps) {
  const { store, blobs, receiving, processing, clock, shown } = deps

  async function own(id: string, caller: Caller): Promise<FileRow> {
    const row = await store.find(id)
    const isOwn = caller.kind === 'user' && caller.user.num !== 0 && caller.user.num === row?.owner
    if (!row || !isOwn) throw new AppError('not_found')
    // An attached file belongs to its room, and its uploader reads it there or not at all (rule UP5).
    if (row.seq === null) assertRoomOfKey(row.room_id || null, caller)
    else await deps.assertReadsRoom(row, caller)
    return row
  }

  /** Bytes that have come. */
  async function offsetOf(row: FileRow): Promise<number> {
    if (row.state !== 'uploading') return row.size
    // A blob that was finished just before the server died has come whole.
    return (await blobs.arrived(row.blob)) ?? row.size
  }

  const progress = (row: FileRow, offset: number) => ({
    'upload-offset': String(offset),
    'upload-length': String(row.size),
    'cache-control': 'no-store',
    ...(row.state === 'uploading' ? { 'upload-expires': new Date(row.changed_at + kept.uploading).toUTCString() } : {}),
  })

  const complete = (row: FileRow, user: UserCaller) =>
    receiving.complete(row, user, { size: row.size, alt: row.alt, room_id: row.room_id })

  return {
    options: (): RouteAnswer => ({
      none: true,
      headers: {
        ...{ 'tus-version': version, 'tus-extension': 'creation,termination,expiration' },
        'tus-max-size': String(receiving.most),
      },
    }),

    async create(caller: Caller, headers: Headers): Promise<RouteAnswer> {
      assertVersion(headers)
      const length = wholeNumberIn(headers, 'upload-length')
      receiving.assertSize(length)
      const { filename, name = filename ?? '', room_id = '', alt, waveform } = metadataIn(headers)
      if (room_id !== '' && !roomId.safeParse(room_id).success) throw new AppError('not_found')
      if (room_id === '') assertRoomOfKey(null, caller)
      else await deps.assertMaySend(caller, room_id)
      const user = await deps.stored(caller, headers)
      const said = { name, room_id, alt: alt ? altIn(alt) : null, waveform: waveform ? waveformIn(waveform) : null }
      const begun = await receiving.begin(user, { ...said, declared: length })
      const row = length === 0 ? await complete(begun, user) : begun
      const location = `${deps.basePath}/api/uploads/${row.id}`
      return { json: shown(row), headers: { location, ...progress(row, 0) } }
    },

    async status(id: string, caller: Caller, headers: Headers): Promise<RouteAnswer> {
      assertVersion(headers)
      const user = await deps.stored(caller, headers)
      const found = await own(id, user)
      const offset = await offsetOf(found)
      // The server died behind the last byte: a client that hears that all has come asks for nothing more.
      const isWhole = found.state === 'uploading' && offset === found.size
      const row = isWhole ? await complete(found, user).catch(unlessBusy(found)) : found
      return { json: shown(row), headers: progress(found, offset) }
    },

    async continue(id: string, caller: Caller, headers: Headers, body: IncomingBytes): Promise<RouteAnswer> {
      assertVersion(headers)
      const user = await deps.stored(caller, headers)
      const row = await own(id, user)
      const from = wholeNumberIn(headers, 'upload-offset')
      const before = await offsetOf(row)
      if (from !== before) throw new AppError('conflict', { text: `The upload stands at ${before}` })
      if (before < row.size) {
        // What came of a piece that breaks off counts as well: the upload is not given up.
        await receiving.add(row, user, from, body.bytes, row.size).finally(() => store.touch(id, clock.now()))
      }
      const offset = await offsetOf(row)
      const isWhole = offset === row.size && row.state === 'uploading'
      const now = isWhole ? await complete(row, user) : { ...row, changed_at: clock.now() }
      return { none: true, headers: { ...progress(row, offset), ...(isWhole ? {} : progress(now, offset)) } }
    },

    async end(id: string, caller: Caller, headers: Headers): Promise<RouteAnswer> {
      assertVersion(headers)
      const row = await own(id, caller)
      if (row.seq !== null) throw new AppError('conflict')
      await processing.remove(id, { loose: true })
      return { none: true }
    },
  }
}

/** The last piece is still being written: the request that brings it completes the upload. */
const unlessBusy =
  (row: FileRow) =>
  (error: unknown): FileRow => {
    if (AppError.from(error).is('conflict')) return row
    throw error
  }

function assertVersion(headers: Headers): void {
  const asked = headers['tus-resumable']
  if (asked !== undefined && asked !== version)
    throw new AppError('precondition_failed', { text: `This server speaks tus ${version}` })
}

const bad = (header: string, message: string): AppError =>
  new AppError('validation_error', { details: { errors: { [header]: message } } })

function wholeNumberIn(headers: Headers, name: 'upload-length' | 'upload-offset'): number {
  const text = headers[name]
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) throw bad(name, 'This must be a whole number')
  return Number(text)
}

const metadataKeys = ['filename', 'name', 'room_id', 'alt', 'waveform'] as const
type MetadataKey = (typeof metadataKeys)[number]

/** `Upload-Metadata`: pairs of a key and, in base64, a value, with commas between them. */
function metadataIn(headers: Headers): { [key in MetadataKey]?: string } {
  const text = headers['upload-metadata']
  if (text === undefined) return {}
  if (typeof text !== 'string') throw bad('upload-metadata', 'This stands more than once')
  const pairs = text.split(',').flatMap((pair) => {
    const [key = '', value = ''] = pair.trim().split(' ')
    return metadataKeys.some((known) => known === key) ? [[key, Buffer.from(value, 'base64').toString()]] : []
  })
  return Object.fromEntries(pairs)
}

function altIn(text: string): string {
  const parsed = altText.safeParse(text)
  if (parsed.success) return parsed.data
  throw bad('upload-metadata', parsed.error.issues[0]?.message ?? 'The alt is not allowed')
}

/** Rule UP19. */
function waveformIn(text: string): number[] {
  const parsed = saidWaveform.safeParse(jsonIn(text))
  if (parsed.success) return parsed.data
  throw bad('upload-metadata', 'The waveform must be 100 numbers from 0 to 1, as JSON')
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
