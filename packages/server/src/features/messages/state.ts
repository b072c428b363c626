import type { JsonObject } from '../../room/types.ts'
import type { CarriedFile } from '../uploads/contract.ts'
import type { Sending } from './contract.ts'
import { filesFirst } from './encode.ts'

/** The stored form of a message: the body of `messages.sent`. */
export function messageBody(
  id: string,
  { type, content, reply_to }: Pick<Sending, 'type' | 'content' | 'reply_to'>,
  format: string | null,
  client_id: string | null,
  files: readonly CarriedFile[],
): JsonObject {
  const body = { id, client_id, type, content, format, url: null, reply_to: reply_to ?? null }
  return files.length > 0 ? { [filesFirst]: files, ...body } : body
}
