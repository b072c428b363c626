import { isFields } from '../../connection/failure.ts'
import { type Keep, readObject } from '../../connection/storage.ts'
import type { FileIds, Message } from '../../types.ts'

/** A stored message that the server has not acknowledged. */
export type Unsent = {
  client_id: string
  room_id: string
  content: string
  reply_to: string | null
  file_ids: FileIds
  /** In ms; a message written later has a higher value, even if the clock went back. */
  order: number
  failed: { code: string; text: string } | null
}

/** Stores a message under its own key (rule O1). */
export function writeUnsent(keep: Keep, key: string, unsent: Unsent): void {
  try {
    keep.set(key, JSON.stringify(unsent))
  } catch {
    // The storage is full: the message lasts as long as the page, and is still sent.
  }
}

/** All messages with this key prefix, in the order of writing. */
export const readAllUnsent = (keep: Keep, prefix: string): Unsent[] =>
  keysUnder(keep, prefix)
    .flatMap((key) => readUnsent(readObject(keep, key)) ?? [])
    .toSorted((one, other) => one.order - other.order)

export function removeAllUnsent(keep: Keep, prefix: string): void {
  for (const key of keysUnder(keep, prefix)) keep.remove(key)
}

const keysUnder = (keep: Keep, prefix: string): string[] => keep.keys().filter((key) => key.startsWith(prefix))

function readUnsent(value: Readonly<Record<string, unknown>> | null): Unsent | null {
  const { client_id, room_id, content, reply_to, file_ids, order, failed } = value ?? {}
  if (typeof client_id !== 'string' || typeof room_id !== 'string' || typeof content !== 'string') return null
  return {
    ...{ client_id, room_id, content },
    reply_to: typeof reply_to === 'string' ? reply_to : null,
    // A message of an earlier release has none.
    file_ids: file_ids === 'later' || Array.isArray(file_ids) ? file_ids : [],
    order: Number(order) || 0,
    failed: isFields(failed) ? { code: String(failed['code']), text: String(failed['text']) } : null,
  }
}

/**
 * Whether this is the message that was written, and not another under its client_id (rule O6). The server replaces lone
 * surrogates, and a message may have been edited since.
 */
export const isStoredAs = ({ content, file_ids }: Unsent, { files = [], ...message }: Message): boolean =>
  message.edited_at !== null ||
  message.content === null ||
  (message.content === content.toWellFormed() && String(files.map(({ id }) => id)) === String(file_ids))

/** 128 random bits. `randomUUID` exists only on secure pages, and a page in a local network may not be one. */
export function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
