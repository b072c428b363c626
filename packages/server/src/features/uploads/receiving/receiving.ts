import type { UserCaller } from '../../../core/caller.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import { newSecret } from '../../../core/id.ts'
import type { Bytes } from '../../../core/route.ts'
import { newJob, type Jobs } from '../../../platform/jobs/jobs.ts'
import type { Blobs } from '../../../platform/files/files.ts'
import { uploadErrors } from '../errors.ts'
import type { GuestBounds } from './guest-bounds.ts'
import { processJob } from './jobs.ts'
import type { Processing } from './processing.ts'
import type { UploadBounds } from '../settings.ts'
import { fileName, noFacts } from '../store/state.ts'
import type { FileRow, Quota, UploadsStore } from '../store/store.ts'

export type ReceivingDeps = {
  store: UploadsStore
  blobs: Blobs
  processing: Processing
  guests: GuestBounds
  jobs: Pick<Jobs, 'statement' | 'wake'>
  clock: Pick<Clock, 'now'>
  bounds: UploadBounds
}

/** Files of one user, at most (rule UP9). */
const mostFiles = 20_000
/** Bytes after which a file of no declared size counts for what has come of it. */
const undeclared = 8 * 1024 * 1024
/** Ms after which a job looks at a file whose upload did not come to it. */
const jobAfter = 60_000

/** What is said about a file that begins to arrive. `declared`: its size in bytes, or a bound of it; null: not known. */
export type Announced = {
  name: string
  alt: string | null
  room_id: string
  declared: number | null
  /** Rule UP19. */
  waveform?: number[] | null
}

type Said = { size: number; alt: string | null; room_id: string }

export type Receiving = ReturnType<typeof createReceiving>

export function createReceiving({ store, blobs, processing, guests, jobs, clock, bounds }: ReceivingDeps) {
  /** By the id of the file: a resumable upload is completed by its last bytes, or by asking for it. */
  const completing = new Map<string, Promise<FileRow>>()

  const quotaOf = (guest: boolean): Quota => ({
    bytes: guest ? bounds.guestFileQuotaBytes : bounds.fileQuotaBytes,
    files: mostFiles,
  })

  function assertSize(size: number): void {
    if (size > bounds.maxFileBytes) throw new AppError('too_large', { details: { limit: bounds.maxFileBytes } })
  }

  async function complete({ id, blob }: FileRow, user: UserCaller, said: Said): Promise<FileRow> {
    const { profile, address } = user
    // As it is now: another request may have completed it since the caller read its row.
    const row = await store.find(id)
    if (row?.state === 'uploading') {
      if (!(await blobs.find(blob))) await blobs.finish(blob)
      const now = clock.now()
      const job = jobs.statement(newJob(processJob, { file: id }), { at: now + jobAfter })
      if (!(await store.arrived(row, now, { ...said, quota: quotaOf(profile.guest) }, job))) {
        await processing.remove(id, { loose: true })
        throw new AppError(uploadErrors.quota_exceeded)
      }
    }
    const looked = row && (await processing.awaited(id, address))
    if (!looked) throw new AppError('not_found')
    if (row.state === 'uploading') guests.more(user, looked.charged - said.size)
    return looked
  }

  return {
    /** The largest file, in bytes. */
    most: bounds.maxFileBytes,
    assertSize,

    /** A new file of this user, to which bytes can be added. Rejects with `quota_exceeded`. */
    async begin(by: UserCaller, { name, alt, room_id, declared, waveform = null }: Announced): Promise<FileRow> {
      await guests.assertMayBegin(by)
      const { user, profile } = by
      const blob = await blobs.begin()
      const now = clock.now()
      const row: FileRow = {
        ...{ id: newSecret(16), owner: user.num, room_id, seq: null, state: 'uploading', name: fileName(name), alt },
        ...{ size: declared ?? 0, charged: declared ?? 0, blob, facts: JSON.stringify({ ...noFacts, waveform }) },
        ...{ created_at: now, changed_at: now },
      }
      let isStored = false
      try {
        isStored = await store.begin(row, quotaOf(profile.guest))
      } finally {
        if (!isStored) await blobs.remove(blob)
      }
      if (!isStored) throw new AppError(uploadErrors.quota_exceeded)
      return row
    },

    /**
     * Adds bytes, and resolves with how many there are now. More than `most` are `too_large`: those within it are kept
     * (rules UP8, TU3, UP17).
     */
    add: (row: FileRow, by: UserCaller, offset: number, bytes: Bytes, most = bounds.maxFileBytes): Promise<number> =>
      blobs.append(row.blob, offset, within(guests.counted(by, bytes), most - offset)),

    /** The bytes of a file whose size nobody declared, which count as they come (rule UP9). Rejects with `quota_exceeded`. */
    counted: (row: FileRow, { profile }: UserCaller, bytes: Bytes): Bytes =>
      counting(bytes, undeclared, async (total) => {
        if (!(await store.coming(row, total, quotaOf(profile.guest)))) throw new AppError(uploadErrors.quota_exceeded)
      }),

    /**
     * All bytes are here: what the file is. Whoever asks for the same file meanwhile hears the same. Rejects with
     * `quota_exceeded`, or the code of a file that is refused (rule UP2).
     */
    complete(row: FileRow, user: UserCaller, said: Said): Promise<FileRow> {
      const running = completing.get(row.id)
      if (running) return running
      const started = complete(row, user, said).finally(() => completing.delete(row.id))
      completing.set(row.id, started)
      return started
    },
  }
}

/** Calls `count` with how many bytes have come, each time that so many more did. */
async function* counting(bytes: Bytes, stride: number, count: (total: number) => Promise<void>): Bytes {
  let [total, counted] = [0, 0]
  for await (const chunk of bytes) {
    total += chunk.length
    if (total - counted >= stride) {
      await count(total)
      counted = total
    }
    yield chunk
  }
}

async function* within(bytes: Bytes, most: number): Bytes {
  let left = most
  for await (const chunk of bytes) {
    if (chunk.length > left) {
      if (left > 0) yield chunk.subarray(0, left)
      throw new AppError('too_large', { details: { limit: most } })
    }
    left -= chunk.length
    yield chunk
  }
}
