import type { UserCaller } from '../../core/caller.ts'
import type { Bytes } from '../../core/route.ts'
import type { Blobs } from '../../platform/files/files.ts'
import type { Processing } from './receiving/processing.ts'
import type { Receiving } from './receiving/receiving.ts'
import { readFacts } from './store/state.ts'
import type { FileRow, UploadsStore } from './store/store.ts'

export type PicturesDeps = {
  store: Pick<UploadsStore, 'picture' | 'pictures'>
  blobs: Pick<Blobs, 'finish'>
  receiving: Pick<Receiving, 'begin' | 'add'>
  processing: Pick<Processing, 'keepPicture' | 'remove'>
}

/** A square picture that stands for its owner or, with a `room_id` that is not '', for that room. */
export type StoredPicture = {
  readonly id: string
  /** The num of who sent it. */
  readonly owner: number
  readonly room_id: string
  /** Itself, under the name '', and its smaller copies, named by their pixels. */
  readonly copies: readonly { readonly name: string; readonly blob: string; readonly mime_type: string }[]
}

/** Pictures of persons and rooms, which the feature `pictures` shows and sweeps (rule UP16). */
export type Pictures = {
  /**
   * Stores an image as a square, and resolves with its id; null: `receive`, which calls its argument with the bytes, had none.
   * `most`: bytes at most, which count until it is stored, unless fewer are declared. Rejects with `too_large`,
   * `unsupported_type`, `quota_exceeded`, `storage_unavailable`, and with what `receive` throws; then nothing is kept.
   */
  keep(
    user: UserCaller,
    image: { room_id: string; declared: number | null; most: number },
    receive: (take: (bytes: Bytes) => Promise<void>) => Promise<unknown>,
  ): Promise<string | null>
  find(id: string): Promise<StoredPicture | null>
  /** Those behind this id, by id, that were stored before `before`. */
  page(after: string, before: number, limit: number): Promise<StoredPicture[]>
  remove(id: string): Promise<void>
}

export function createPictures({ store, blobs, receiving, processing }: PicturesDeps): Pictures {
  return {
    async keep(user, { room_id, declared, most }, receive) {
      let row: FileRow | null = null
      try {
        await receive(async (bytes) => {
          const counted = Math.min(declared ?? most, most)
          const begun = await receiving.begin(user, { name: '', alt: null, room_id, declared: counted })
          row = begun
          await receiving.add(begun, user, 0, bytes, most)
        })
        // Assigned in a callback, which the compiler does not follow.
        const begun = row as FileRow | null
        if (!begun) return null
        await blobs.finish(begun.blob)
        await processing.keepPicture(begun, user.address)
        return begun.id
      } catch (error) {
        const begun = row as FileRow | null
        if (begun) await processing.remove(begun.id)
        throw error
      }
    },
    async find(id) {
      const row = await store.picture(id)
      return row && storedPicture(row)
    },
    page: async (after, before, limit) => (await store.pictures(after, before, limit)).map(storedPicture),
    remove: (id) => processing.remove(id),
  }
}

function storedPicture({ id, owner, room_id, blob, facts }: FileRow): StoredPicture {
  const { mime_type, renditions } = readFacts(facts)
  return { id, owner, room_id, copies: [{ name: '', blob, mime_type }, ...renditions] }
}
