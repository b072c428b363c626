import type { UserRef } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import type { Blobs } from '../../platform/files/files.ts'
import type { Part } from '../hooks.ts'
import type { Processing } from './receiving/processing.ts'
import type { UploadsStore } from './store/store.ts'

export type SweepingDeps = {
  store: UploadsStore
  blobs: Pick<Blobs, 'unchangedSince' | 'remove'>
  processing: Pick<Processing, 'remove'>
  clock: Pick<Clock, 'now'>
}

const hour = 3_600_000
/** Ms after which an upload that stands still, a file that was not attached, and a blob that no file names are removed. */
export const kept = { uploading: 24 * hour, loose: 48 * hour, blob: 48 * hour }
/** Files or blobs that are looked at together. */
const part = 100

/** Rule UP10. */
export function createSweeping({ store, blobs, processing, clock }: SweepingDeps) {
  async function removeAll(next: () => Promise<string[]>, loose: boolean, signal: AbortSignal): Promise<void> {
    for (let ids = await next(); ids.length > 0; ids = await next()) {
      for (const id of ids) {
        signal.throwIfAborted()
        await processing.remove(id, { loose })
      }
    }
  }

  async function sweepRooms(signal: AbortSignal): Promise<void> {
    for (let found = await store.ofClosedRoom(part); found; found = await store.ofClosedRoom(part)) {
      for (const id of found.ids) {
        signal.throwIfAborted()
        await processing.remove(id)
      }
      if (found.ids.length === 0) await store.roomDone(found.room_id)
    }
  }

  async function sweepBlobs(signal: AbortSignal): Promise<void> {
    const removeNobodys = async (ids: readonly string[]) => {
      const named = await store.named(ids)
      for (const id of ids) if (!named.has(id)) await blobs.remove(id)
    }
    let some: string[] = []
    for await (const { id } of blobs.unchangedSince(clock.now() - kept.blob)) {
      signal.throwIfAborted()
      some.push(id)
      if (some.length < part) continue
      await removeNobodys(some)
      some = []
    }
    if (some.length > 0) await removeNobodys(some)
  }

  return {
    async sweep(signal: AbortSignal): Promise<void> {
      const now = clock.now()
      await removeAll(() => store.unchanged('removed', now + hour, part), false, signal)
      await removeAll(() => store.unchanged('uploading', now - kept.uploading, part), true, signal)
      await removeAll(() => store.unchanged('loose', now - kept.loose, part), true, signal)
      await sweepRooms(signal)
      await sweepBlobs(signal)
    },

    /** Rule UP7. */
    async forgetUser({ num }: UserRef, most: number): Promise<Part> {
      const ids = await store.ofUser(num, most)
      for (const id of ids) await processing.remove(id)
      return { found: ids.length, next: ids.length === most ? 'more' : null }
    },
  }
}
