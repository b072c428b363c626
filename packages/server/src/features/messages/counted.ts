/** The number of the last message of a room that has one (rule H6), as SQL. */
export const lastNumber = (room: string, upto?: string): string =>
  `(SELECT n FROM messages WHERE room = ${room} AND n IS NOT NULL${upto === undefined ? '' : ` AND seq <= ${upto}`}
    ORDER BY seq DESC LIMIT 1)`

/** Own and deleted messages that are looked at behind one seq. */
const most = 1_000

/** Names of columns, or other SQL: of the room's num, of the reader's num, and of two seqs. */
export type CountedPlace = { room: string; user: string; after: string; upto: string }

/**
 * SQL for how many messages of a room, behind `after` and up to `upto`, others than the user sent and are still there. The
 * numbers of the first and of the last one tell how many there are; of the user's own and of deleted ones at most 1,000 each are
 * found in an index and taken off (rule H6).
 */
export function countedMessages({ room, user, after, upto }: CountedPlace): string {
  const within = `room = ${room} AND seq > ${after} AND seq <= ${upto}`
  const first = `(SELECT n FROM messages WHERE ${within} AND n IS NOT NULL ORDER BY seq LIMIT 1)`
  const by = (author: string) =>
    `(SELECT count(*) FROM (SELECT 1 FROM messages WHERE ${within} AND author = ${author} LIMIT ${most}) AS found)`
  return `coalesce(${lastNumber(room, upto)} - ${first} + 1 - ${by('0')} - ${by(user)}, 0)`
}
