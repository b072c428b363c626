import type { JsonObject } from '../../room/types.ts'
import type { Sending } from './contract.ts'

/** What a message is kept as: the body of `messages.sent`. */
export const messageBody = (
  id: string,
  { type, content, format, reply_to }: Sending,
  client_id: string | null,
): JsonObject => ({ id, client_id, type, content, format: format ?? null, url: null, reply_to: reply_to ?? null })

export type PageQuery = { before: number | null; after: number | null; limit: number }

/**
 * A page of what was read in its own direction: downwards from `before` or the end, upwards from `after`, one row more
 * than asked for where there is one (rules H1, H2). Answers it oldest first.
 */
export function toPage<Item extends { seq: number }>(rows: readonly Item[], { after, limit }: PageQuery) {
  const page = rows.slice(0, limit)
  const next_cursor = rows.length > limit ? (page.at(-1)?.seq ?? null) : null
  return { items: after === null ? page.toReversed() : page, next_cursor }
}
