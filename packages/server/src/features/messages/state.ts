import type { JsonObject } from '../../room/types.ts'
import type { Sending } from './contract.ts'

/** What a message is kept as: the body of `messages.sent`. */
export const messageBody = (
  id: string,
  { type, content, format, reply_to }: Sending,
  client_id: string | null,
): JsonObject => ({ id, client_id, type, content, format: format ?? null, url: null, reply_to: reply_to ?? null })

export type PageQuery = { before: number | null; after: number | null; limit: number }

/** Bytes of stored messages in one page (rule H4). */
const pageBytes = 1024 * 1024

/**
 * A page of what was read in its own direction: downwards from `before` or the end, upwards from `after`, one row more
 * than asked for where there is one (rules H1, H2, H4). Answers it oldest first.
 */
export function toPage<Item extends { seq: number; body: string }>(
  rows: readonly Item[],
  { after, limit }: PageQuery,
): { items: Item[]; next_cursor: number | null } {
  const page = rows.slice(0, Math.min(limit, Math.max(1, fitting(rows))))
  const next_cursor = rows.length > page.length ? (page.at(-1)?.seq ?? null) : null
  return { items: after === null ? page.toReversed() : page, next_cursor }
}

/** How many of these, from the first on, are one page's bytes. */
function fitting(rows: readonly { body: string }[]): number {
  let bytes = 0
  const over = rows.findIndex(({ body }) => (bytes += Buffer.byteLength(body)) > pageBytes)
  return over === -1 ? rows.length : over
}
