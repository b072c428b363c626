import { asParlorError } from '../connection/failure.ts'
import { ParlorError } from '../error.ts'
import type { StoredFile } from '../generated/shapes.generated.ts'
import { backoff, realTime, type Time } from '../time.ts'
import type { Parlor } from '../types.ts'
import { createPieces } from './pieces.ts'
import { createResumable } from './resumable.ts'

export type { StoredFile }

export type UploadOptions = {
  /** The room that the file is for; without one it may be attached in any. */
  room_id?: string
  /** What it shows, for those who do not see it; at most 1,000 UTF-16 units. */
  alt?: string
  /** Its name; by default that of a `File`. */
  name?: string
  /** Of a recording, for those who see it: 100 peaks from 0 to 1. The server finds it by itself in uncompressed audio. */
  waveform?: readonly number[]
  /** The id of an upload of this file that began earlier, as `onProgress` told it: continues there (rule FU3). */
  resume?: string
  /** When it is aborted the upload ends, and the server forgets what it has (rule FU4). */
  signal?: AbortSignal
  /** Called when the upload has begun, after each piece, and when it cannot go on for the moment. */
  onProgress?: (progress: UploadProgress) => void
}

export type UploadProgress = {
  /** The id of the upload and of its file; null: it has not begun. */
  id: string | null
  /** Bytes that the server has, of `size`. */
  sent: number
  size: number
  /** Why the last attempt failed. It is repeated (rule FU2). */
  error: ParlorError | null
}

/**
 * Uploads a file for a message, in pieces, across lost connections. Resolves with the file when the server has looked at
 * it, so that `room.send` can attach it. Rejects with ParlorError, of which the README lists the codes.
 */
export const upload = (parlor: Parlor, file: Blob, options: UploadOptions = {}): Promise<StoredFile> =>
  uploadFile(parlor, file, options, realTime)

/** Pauses after a failed attempt (rule FU2), and between questions whether the server has looked at a whole file. */
const pauses = { first: 500, most: 15_000 }

/** The same with a time of its own. */
export async function uploadFile(
  parlor: Parlor,
  file: Blob,
  { resume, signal, onProgress = () => {}, ...options }: UploadOptions,
  time: Time,
): Promise<StoredFile> {
  const { size } = file
  const { room_id = '', alt = '', name = nameOf(file), waveform = null } = options
  const server = createResumable(parlor)
  const pieces = createPieces()
  const owner = parlor.me.get()?.id
  let id = resume ?? null
  let sent = 0
  /** Whether `sent` is what the server has. */
  let isSure = false
  let failures = 0
  const tell = (error: ParlorError | null = null) => onProgress({ id, sent, size, error })

  /** Takes the next step; resolves with the file once it is ready, else with null. */
  async function step(): Promise<StoredFile | null> {
    if (id === null) {
      const begun = await server.begin({ name, size, room_id, alt, waveform })
      id = begun.id
      isSure = true
      tell()
      return begun.state === 'ready' ? begun : null
    }
    if (!isSure || sent === size) return look(id)
    const bytes = await read(file.slice(sent, sent + pieces.size()))
    const from = time.now()
    isSure = false
    sent = await server.add(id, sent, bytes, signal ?? null)
    isSure = true
    pieces.sent(time.now() - from)
    tell()
    return null
  }

  /** Asks for the upload: how far it is, and whether the whole file is ready. */
  async function look(known: string): Promise<StoredFile | null> {
    const { file: found, offset } = await server.status(known)
    if (found.state === 'ready') return found
    if (found.state === 'uploading' && found.size !== size)
      throw new ParlorError('another_file', 'The upload to continue is of another file')
    const isNews = sent !== offset
    sent = offset
    isSure = true
    if (isNews) tell()
    // The server is still looking at it.
    else if (offset === size) await pause(pauses.first * 4)
    return null
  }

  /** The server has forgotten the upload that is to be continued: begins anew, once (rule FU3). */
  function beginAnew(): void {
    resume = undefined
    id = null
    sent = 0
  }

  /** Whether the same step may succeed later. A conflict: the server has not noticed yet that an earlier request was cut. */
  const mayPass = ({ code, retry }: ParlorError) => code === 'conflict' || retry !== 'never'

  /** Resolves after so many ms, or as soon as the connection is back or the upload ends. */
  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wasOnline = isOnline(parlor)
      const done = () => {
        cancel()
        end()
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const cancel = time.after(ms, done)
      const end = parlor.state.subscribe(() => {
        if ((!wasOnline && isOnline(parlor)) || isOut()) done()
      })
      signal?.addEventListener('abort', done)
    })
  }

  /** Rule FU5. */
  const isOut = () => parlor.state.get().phase === 'signed_out' || parlor.me.get()?.id !== owner

  for (;;) {
    if (signal?.aborted) {
      if (id !== null && !isOut()) await parlor.call('uploads.delete', { id }).catch(asParlorError)
      throw new ParlorError('discarded', 'The upload was taken back')
    }
    if (isOut()) throw new ParlorError('session_ended', 'The user who began the upload has left')
    try {
      const ready = await step()
      if (ready) return ready
      failures = 0
    } catch (thrown) {
      const error = asParlorError(thrown)
      isSure = false
      if (signal?.aborted || isOut()) continue
      if (error.code === 'not_found' && id !== null && id === resume) {
        beginAnew()
        continue
      }
      if (!mayPass(error)) throw error
      // A proxy's own page about a body that is too large for it.
      if (error.status === 413) pieces.tooLarge()
      else pieces.failed()
      tell(error)
      await pause(Math.max(backoff(time, failures, pauses.first, pauses.most), (error.details.retry_after ?? 0) * 1000))
      failures += 1
    }
  }
}

const isOnline = (parlor: Parlor): boolean => parlor.state.get().phase === 'online'

const nameOf = (file: Blob): string => ('name' in file && typeof file.name === 'string' ? file.name : '')

/** Into memory, so that a file that is gone is not taken for a lost connection. */
async function read(piece: Blob): Promise<ArrayBuffer> {
  try {
    return await piece.arrayBuffer()
  } catch (cause) {
    throw new ParlorError('file_unreadable', 'The file cannot be read any more', { cause })
  }
}
