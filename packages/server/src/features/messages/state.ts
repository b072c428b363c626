import type { JsonObject } from '../../room/types.ts'
import type { CarriedFile } from '../uploads/contract.ts'
import type { Sending } from './contract.ts'
import { filesFirst } from './encode.ts'

/** The stored form of a message: the body of `messages.sent`. */
export const messageBody = (
  id: string,
  { type, content, format, reply_to }: Pick<Sending, 'type' | 'content' | 'format' | 'reply_to'>,
  client_id: string | null,
  files: readonly CarriedFile[],
): JsonObject => ({
  ...(files.length > 0 ? { [filesFirst]: files } : {}),
  id,
  client_id,
  type,
  content,
  format: format ?? null,
  url: null,
  reply_to: reply_to ?? null,
})
