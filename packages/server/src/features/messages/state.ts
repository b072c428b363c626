import type { JsonObject } from '../../room/types.ts'
import type { CarriedFile } from '../uploads/contract.ts'
import type { Sending } from './contract/sending.ts'
import { filesFirst } from './encode.ts'

/** The stored form of a message: the body of `messages.sent`. `poll_id`: the poll that it asks (rule M13). */
export function messageBody(
  id: string,
  { type, content, reply_to }: Pick<Sending, 'type' | 'content' | 'reply_to'>,
  format: string | null,
  client_id: string | null,
  files: readonly CarriedFile[],
  poll_id?: string,
): JsonObject {
  const asks = poll_id === undefined ? {} : { poll_id }
  const body = { id, client_id, type, content, format, url: null, reply_to: reply_to ?? null, ...asks }
  return files.length > 0 ? { [filesFirst]: files, ...body } : body
}
