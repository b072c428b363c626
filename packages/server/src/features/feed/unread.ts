import type { RoomActivity } from '../../room/types.ts'
import { feedBounds } from './limits.ts'

/** How far a user has read a room, and what is unread up to the last line about it. */
export type Unread = { read_seq: number; unread_from: number | null; unread: number }
/** Counts what is unread of these users' rooms, each up to a seq; answers in the order asked. */
export type CountUnread = (
  asked: readonly { readonly user: number; readonly room: number; readonly upto: number }[],
) => Promise<readonly Unread[]>

/**
 * What is unread of a room for a user after this line, which follows on the last one; null: it must be counted anew
 * (rule UF13). `own`: messages of the user in it.
 */
export function afterLine(
  before: Unread,
  { from, last_seq, said }: Pick<RoomActivity, 'from' | 'last_seq' | 'said'>,
  own: number,
): Unread | null {
  const { read_seq, unread_from, unread } = before
  const after = unread_from !== null && unread_from <= read_seq ? unread_from - 1 : read_seq
  if (after >= last_seq) return before
  if (!said || after >= from) return null
  const more = said.reduce((sum, [, count]) => sum + count, 0) - own
  return more === 0 ? before : { ...before, unread: Math.min(feedBounds.unread, unread + more) }
}

/** As it stands in the news of a room. */
export const unreadText = ({ read_seq, unread_from, unread }: Unread): string =>
  `"read_seq":${read_seq},"unread_from":${unread_from},"unread":${unread}`
