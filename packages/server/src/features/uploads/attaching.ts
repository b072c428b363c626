import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import { uploadErrors } from './errors.ts'
import type { UploadBounds } from './settings.ts'
import { attached, carrying } from './store/projector.ts'
import { type CarriedFile, type Facts, readFacts } from './store/state.ts'
import type { FileRow, UploadsStore } from './store/store.ts'

export type AttachingDeps = {
  store: Pick<UploadsStore, 'findAll' | 'usage'>
  clock: Pick<Clock, 'now'>
  bounds: Pick<UploadBounds, 'roomFileQuotaBytes'>
}

/** Ms after its upload in which a file can be attached: shorter than the sweep waits (rules UP10, UP11). */
const attachable = 47 * 3_600_000

/** What the event that carries files is appended with: their form in its body, and the op's `aside`. */
export type Carried = { files: readonly CarriedFile[]; aside?: Readonly<Record<string, unknown>> }

export type Attaching = ReturnType<typeof createAttaching>

export function createAttaching({ store, clock, bounds }: AttachingDeps) {
  function check(row: FileRow | undefined, owner: number, room_id: string): FileRow {
    if (!row || row.owner !== owner) throw bad('There is no such file of yours')
    if (row.seq !== null) throw attached()
    if (row.state !== 'ready') throw new AppError(uploadErrors.file_not_ready)
    if (row.created_at < clock.now() - attachable) throw bad('This file was sent too long ago')
    if (row.room_id !== '' && row.room_id !== room_id) throw bad('This file was sent for another room')
    return row
  }

  return {
    /**
     * Calls `commit` with these files of the user; its op `append` takes `aside`, and is refused if another message has got one of
     * them meanwhile (rule UP11), or others have filled the room's quota (UP9). Rejects with `validation_error`, `file_not_ready` or `quota_exceeded`.
     */
    async attach<T>(
      owner: number,
      room_id: string,
      ids: readonly string[],
      commit: (carried: Carried) => Promise<T>,
    ): Promise<T> {
      if (new Set(ids).size < ids.length) throw bad('A file is named twice')
      const found = new Map((await store.findAll(ids)).map((row) => [row.id, row]))
      const { bytes } = await store.usage({ scope: 'room', ref: room_id })
      const rows = ids.map((id) => check(found.get(id), owner, room_id))
      const sum = rows.reduce((all, { charged }) => all + charged, bytes)
      // The commit asks again, for those who come at once. One that is refused there costs the others of its batch time.
      if (sum > bounds.roomFileQuotaBytes) throw new AppError(uploadErrors.quota_exceeded)
      return await commit({ files: rows.map(carriedOf), aside: carrying(ids, bounds.roomFileQuotaBytes) })
    },
  }
}

const bad = (message: string): AppError =>
  new AppError('validation_error', { details: { errors: { file_ids: message } } })

/** A file without what only its store needs. */
export function carriedOf({ id, name, alt, size, facts }: FileRow): CarriedFile {
  const { renditions, ...found } = readFacts(facts)
  return { id, name, size, alt, ...found, renditions: renditions.map(withoutBlob) }
}

const withoutBlob = ({ name, mime_type, width, height, size }: Facts['renditions'][number]) => ({
  ...{ name, mime_type, width, height, size },
})
