import { z } from 'zod'
import { storedList, storedObject } from '../../../core/stored.ts'
import type { Database, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import { createRoomJoins } from '../../../room/sql/joins.ts'
import type { JsonObject } from '../../../room/types.ts'
import { leftOpen, type PollsTables } from './tables.ts'

/** A poll as it is in the table; `value` null: it cannot be read. */
export type StoredPoll = { id: string; seq: number; value: JsonObject | null; anonymous: boolean; open: boolean }
/** A vote of a poll that is not anonymous; `voter` is the num of a user. */
export type StoredVote = { voter: number; option_ids: readonly string[]; seq: number }
export type PollRef = { room: number; poll_id: string }
/** A poll and the id of its room. */
export type NamedPoll = PollRef & { room_id: string }

export type PollsStore = ReturnType<typeof createPollsStore>

/** Ids in one statement. */
const chunk = 100
const pollColumns = ['id', 'seq', 'value', 'anonymous', 'open'] as const
type PollRow = Row & { id: string; seq: number; value: string; anonymous: number; open: number }

const optionList = z.array(z.string())
const optionsIn = (text: string | null): string[] => {
  const { success, data } = optionList.safeParse(text === null ? null : storedList(text))
  return success ? data : []
}

const pollIn = ({ value, anonymous, open, ...row }: PollRow): StoredPoll => ({
  ...row,
  value: storedObject(value),
  anonymous: anonymous === 1,
  open: open !== 0,
})

export function createPollsStore(db: Database) {
  const queries = createQueries<PollsTables>(db.dialect)
  const { rooms } = createRoomJoins(db.dialect)
  const polls = queries.selectFrom('polls').select(pollColumns).where('gone', '=', 0)

  return {
    /** Null: there is none, or its message was deleted. */
    async find({ room, poll_id }: PollRef): Promise<StoredPoll | null> {
      const query = polls.where('room', '=', room).where('id', '=', poll_id)
      const [row] = await db.all<PollRow>(query.compile())
      return row ? pollIn(row) : null
    },

    /** Polls whose messages are before this place, the newest first. */
    async page(room: number, before: number | null, limit: number): Promise<StoredPoll[]> {
      const all = polls.where('room', '=', room).orderBy('seq', 'desc').limit(limit)
      const query = before === null ? all : all.where('seq', '<', before)
      return (await db.all<PollRow>(query.compile())).map(pollIn)
    },

    /** What a user chose in these polls, as far as they are not anonymous. */
    async choices(room: number, user_id: string, poll_ids: readonly string[]): Promise<Map<string, string[]>> {
      if (poll_ids.length === 0) return new Map()
      const query = queries
        .selectFrom('poll_votes')
        .select(['poll_id', 'options'])
        .where('room', '=', room)
        .where('user_id', '=', user_id)
        .where('poll_id', 'in', poll_ids)
      const rows = await db.all<Row & { poll_id: string; options: string | null }>(query.compile())
      return new Map(rows.map(({ poll_id, options }) => [poll_id, optionsIn(options)]))
    },

    /** Votes after this seq, in their order; without those that were taken back. */
    async votes({ room, poll_id }: PollRef, after: number, limit: number): Promise<StoredVote[]> {
      const query = queries
        .selectFrom('poll_votes')
        .select(['voter', 'options', 'seq'])
        .where('room', '=', room)
        .where('poll_id', '=', poll_id)
        .where('seq', '>', after)
        .where('options', '<>', '[]')
        .orderBy('seq')
        .limit(limit)
      const rows = await db.all<Row & { voter: number; options: string | null; seq: number }>(query.compile())
      return rows.map(({ options, ...row }) => ({ ...row, option_ids: optionsIn(options) }))
    },

    /** Ids of users whose records still have their votes in this poll (rule PO13). */
    async holders(poll: PollRef): Promise<string[]> {
      const query = queries
        .selectFrom('poll_votes')
        .select('user_id')
        .where('room', '=', poll.room)
        .where('poll_id', '=', poll.poll_id)
        .where('held', '=', 1)
        .limit(chunk)
      return (await db.all<Row & { user_id: string }>(query.compile())).map(({ user_id }) => user_id)
    },

    /** Their records do not have them any more. Of an anonymous poll nothing is left of the vote (rule PO9). */
    async released({ room, poll_id }: PollRef, user_ids: readonly string[]): Promise<void> {
      await db.write([
        queries
          .deleteFrom('poll_votes')
          .where('room', '=', room)
          .where('poll_id', '=', poll_id)
          .where('user_id', 'in', user_ids)
          .where('options', 'is', null)
          .compile(),
        queries
          .updateTable('poll_votes')
          .set({ held: 0 })
          .where('room', '=', room)
          .where('poll_id', '=', poll_id)
          .where('user_id', 'in', user_ids)
          .compile(),
      ])
    },

    /** Closed polls that have a record, but for the `keep` that closed last; at most `chunk`. */
    async beyond(room: number, keep: number): Promise<string[]> {
      const query = queries
        .selectFrom('polls')
        .select('id')
        .where('room', '=', room)
        .where('open', '=', 0)
        .where('recorded', '=', 1)
        .where('gone', '=', 0)
        .orderBy('closed_seq', 'desc')
        .limit(chunk)
        .offset(keep)
      return (await db.all<Row & { id: string }>(query.compile())).map(({ id }) => id)
    },

    async unrecorded(room: number, ids: readonly string[]): Promise<void> {
      const query = queries.updateTable('polls').set({ recorded: 0 }).where('room', '=', room).where('id', 'in', ids)
      await db.write([query.compile()])
    },

    /** Polls whose messages were deleted (rule PO14). */
    gone(): Promise<(Row & NamedPoll)[]> {
      const query = queries
        .selectFrom('polls as p')
        .innerJoin(rooms.as('r'), 'r.num', 'p.room')
        .select(['p.room', 'p.id as poll_id', 'r.id as room_id'])
        .where('p.gone', '=', 1)
        .limit(chunk)
      return db.all<Row & NamedPoll>(query.compile())
    },

    /** Polls that their rooms left open when they closed (rule PO17). */
    left(): Promise<(Row & NamedPoll)[]> {
      const query = queries
        .selectFrom('polls as p')
        .innerJoin(rooms.as('r'), 'r.num', 'p.room')
        .select(['p.room', 'p.id as poll_id', 'r.id as room_id'])
        .where('p.open', '=', leftOpen)
        .limit(chunk)
      return db.all<Row & NamedPoll>(query.compile())
    },

    /** It is not found again, even where its record could not be closed. */
    async ended({ room, poll_id }: PollRef): Promise<void> {
      const query = queries
        .updateTable('polls')
        .set({ open: 0 })
        .where('room', '=', room)
        .where('id', '=', poll_id)
        .where('open', '=', leftOpen)
      await db.write([query.compile()])
    },

    /** Removes all rows of the poll. */
    async remove({ room, poll_id }: PollRef): Promise<void> {
      await db.write([
        queries.deleteFrom('poll_votes').where('room', '=', room).where('poll_id', '=', poll_id).compile(),
        queries.deleteFrom('polls').where('room', '=', room).where('id', '=', poll_id).compile(),
      ])
    },

    /** Polls in which the user voted; at most `most`. */
    votedBy(voter: number, most: number): Promise<(Row & NamedPoll)[]> {
      const query = queries
        .selectFrom('poll_votes as v')
        .innerJoin(rooms.as('r'), 'r.num', 'v.room')
        .select(['v.room', 'v.poll_id', 'r.id as room_id'])
        .where('v.voter', '=', voter)
        .limit(most)
      return db.all<Row & NamedPoll>(query.compile())
    },

    /** The poll keeps this value from now on; it is closed. */
    async keep({ room, poll_id }: PollRef, value: JsonObject): Promise<void> {
      const query = queries
        .updateTable('polls')
        .set({ value: JSON.stringify(value) })
        .where('room', '=', room)
        .where('id', '=', poll_id)
        .where('open', '=', 0)
      await db.write([query.compile()])
    },

    async forget({ room, poll_id }: PollRef, voter: number): Promise<void> {
      const query = queries
        .deleteFrom('poll_votes')
        .where('room', '=', room)
        .where('poll_id', '=', poll_id)
        .where('voter', '=', voter)
      await db.write([query.compile()])
    },
  }
}
