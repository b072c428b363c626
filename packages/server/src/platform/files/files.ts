import type { ByteRange, Bytes } from '../../core/route.ts'

/** A stored blob. Its bytes never change. */
export type StoredBlob = {
  readonly size: number
  /** When it was stored, in ms since 1970. */
  readonly stored_at: number
  /** Its bytes, or a part of them. Leaving the loop early ends the reading. */
  open(part?: ByteRange): Bytes
}

/**
 * Blobs under random ids (rules BL in README.md). A blob arrives in one or several pieces and can be read once it is finished;
 * what never is can be continued, also by a later process, until it is removed. Rejects with `storage_unavailable` when the
 * disk is full or does not answer.
 */
export type Blobs = {
  /** The id of a new, empty arrival. */
  begin(): Promise<string>
  /** How much of an arrival is stored, in bytes; null: there is none with this id. */
  arrived(id: string): Promise<number | null>
  /**
   * Adds bytes to an arrival, and resolves with its size once they are durable. Rejects with `conflict` if its size is not
   * `offset`, or someone else adds to it now. If `bytes` throws, what came before that is kept and the error passed on.
   */
  append(id: string, offset: number, bytes: Bytes): Promise<number>
  /** Makes a blob of an arrival. Rejects with `not_found` if there is none with this id. */
  finish(id: string): Promise<void>
  /** The blob with this id; null: there is none. */
  find(id: string): Promise<StoredBlob | null>
  /** Removes the blob or the arrival, if there is one. Who reads it now reads on. */
  remove(id: string): Promise<void>
  /** Bytes of the disk, and how many of them are free for us. */
  space(): Promise<{ readonly free: number; readonly size: number }>
  /** Ids of blobs and of arrivals that were last changed before `before` (ms since 1970), in no order. */
  unchangedSince(before: number): AsyncIterable<{ readonly id: string; readonly isFinished: boolean }>
}

/** Ids are 128 random bits, so that nobody guesses one; no other text reaches a driver. */
export const isBlobId = (text: string): boolean => /^[\w-]{22}$/.test(text)
