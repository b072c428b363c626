import type { RunStatement, Statement } from '../../platform/db/postgres/postgres.ts'
import { createJobStatements, type JobRun } from '../../platform/jobs/jobs.ts'
import { answerName, type Batch, newRoomState, recordName, type RoomState, visitNeeds } from '../log/batch.ts'
import { unsetToText } from '../log/record-change.ts'
import type { Cell } from '../../platform/db/database.ts'
import type { CommitCall, Write } from '../types.ts'
import {
  ANSWER,
  EVENT,
  int,
  MEMBER,
  readEvent,
  readMember,
  readRecord,
  readStoredRoom,
  RECORD,
  RECORD_WRITTEN,
  ROOM,
  readAnswer,
} from './rows.ts'
import { eachRowOnce } from './row-once.ts'

const statement = (name: string, sql: string) => {
  return (...parameters: (Cell | readonly Cell[])[]): Statement => ({ name: `room_${name}`, sql, parameters })
}

const STORED_ROOM = `SELECT ${ROOM}, record_count, record_bytes FROM rooms`
const lockRoomById = statement('lock_id', `${STORED_ROOM} WHERE id = $1 FOR UPDATE`)
const lockRoomByNum = statement('lock_num', `${STORED_ROOM} WHERE num = $1 FOR UPDATE`)
const members = statement('members', `SELECT ${MEMBER} FROM members WHERE room = $1 AND "user" = ANY($2::bigint[])`)
const answers = statement(
  'answers',
  `SELECT ${ANSWER} FROM events JOIN unnest($2::bigint[], $3::text[]) AS used (by, name)
   ON actor = by AND client_id = name WHERE room = $1 AND client_id IS NOT NULL`,
)
const records = statement(
  'records',
  `SELECT ${RECORD} FROM records JOIN unnest($2::text[], $3::text[]) AS named (of, name)
   ON type = of AND key = name WHERE room = $1`,
)
const events = statement('events', `SELECT ${EVENT} FROM events WHERE room = $1 AND seq = ANY($2::bigint[])`)
const nextNum = statement('next', `SELECT nextval(pg_get_serial_sequence('rooms', 'num')) AS num`)

const insertRoom = statement(
  'insert',
  `INSERT INTO rooms (${ROOM}, record_count, record_bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
)
const updateRoom = statement(
  'update',
  `UPDATE rooms SET last_seq = $2, profile_seq = $3, member_count = $4, record_count = $5, record_bytes = $6, closed_at = $7
   WHERE num = $1`,
)
const dropMembers = statement('drop_members', `DELETE FROM members WHERE room = $1 AND "user" = ANY($2::bigint[])`)
const putMembers = statement(
  'put_members',
  `INSERT INTO members (room, ${MEMBER}) SELECT $1, * FROM unnest(
   $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[])`,
)
const insertEvents = statement(
  'insert_events',
  `INSERT INTO events (${EVENT}, action, content_hash, expires_at) SELECT $1, * FROM unnest(
   $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::text[], $10::text[],
   $11::bigint[])`,
)
const putRecords = statement(
  'put_records',
  `INSERT INTO records (room, ${RECORD_WRITTEN}) SELECT $1, * FROM unnest(
   $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
   $10::bigint[])
   ON CONFLICT (room, type, key) DO UPDATE
   SET seq = excluded.seq, v = excluded.v, value = excluded.value, unset = excluded.unset, at = excluded.at,
       actor = excluded.actor, actor_seq = excluded.actor_seq`,
)
const redactEvents = statement(
  'redact',
  `UPDATE events SET body = '', expires_at = NULL WHERE room = $1 AND seq = ANY($2::bigint[])`,
)
const forgetContents = statement(
  'forget_contents',
  'UPDATE events SET content_hash = NULL WHERE room = $1 AND seq = ANY($2::bigint[])',
)
const jobs = createJobStatements('postgres')

/**
 * Locks the room and loads the rows that the calls need into the batch. `known`: the room's num if this node has seen
 * the room; then all statements are sent at once, because each sees what was committed before the lock was granted.
 */
export async function loadRoom(
  ask: RunStatement,
  batch: Batch,
  id: string,
  calls: readonly CommitCall[],
  known: number | undefined,
): Promise<RoomState> {
  const locking = ask(known === undefined ? lockRoomById(id) : lockRoomByNum(known))
  const loading = known === undefined ? null : loadNeeds(ask, known, calls)
  // If the lock fails, the caller gets that error.
  loading?.catch(() => undefined)
  const [row] = await locking
  const stored = row === undefined ? null : readStoredRoom(row)
  const room = newRoomState(id, stored?.row ?? null, stored?.totals ?? { count: 0, bytes: 0 })
  batch.rooms.set(id, room)
  if (stored !== null) fill(batch, room, await (loading ?? loadNeeds(ask, stored.row.num, calls)))
  return room
}

/** Allocates the num of a new room. */
export async function takeNum(ask: RunStatement): Promise<number> {
  const [row] = await ask(nextNum())
  return int(row ?? {}, 'num')
}

type Needed = {
  [Name in 'members' | 'answers' | 'records' | 'events' | 'runs']: readonly Readonly<Record<string, unknown>>[]
}

async function loadNeeds(ask: RunStatement, num: number, calls: readonly CommitCall[]): Promise<Needed> {
  const users = new Set<number>()
  const seqs = new Set<number>()
  const used = { actors: new Array<number>(), names: new Array<string>() }
  const named = { types: new Array<string>(), keys: new Array<string>() }
  const runs: JobRun[] = []
  for (const call of calls) {
    if (call.client_id !== null) {
      used.actors.push(call.actor)
      used.names.push(call.client_id)
    }
    visitNeeds(call, {
      member: (user) => users.add(user),
      record(type, key) {
        named.types.push(type)
        named.keys.push(key)
      },
      event: (seq) => seqs.add(seq),
      run: (run) => runs.push(run),
    })
  }
  const some = (count: number, query: Statement) => (count === 0 ? [] : ask(query))
  const [foundMembers, foundAnswers, foundRecords, foundEvents, ...foundRuns] = await Promise.all([
    some(users.size, members(num, [...users])),
    some(used.names.length, answers(num, used.actors, used.names)),
    some(named.keys.length, records(num, named.types, named.keys)),
    some(seqs.size, events(num, [...seqs])),
    ...runs.map(({ id, run }) => ask(jobs.held(id, run))),
  ])
  return {
    ...{ members: foundMembers, answers: foundAnswers, records: foundRecords, events: foundEvents },
    runs: foundRuns.flat(),
  }
}

/** Rows that were requested and not found stay absent from the map, which reads as null. */
function fill(batch: Batch, room: RoomState, needed: Needed) {
  for (const row of needed.runs) batch.runs.set(String(row['id']), int(row, 'run'))
  for (const row of needed.members) {
    const member = readMember(row)
    room.members.set(member.user, member)
  }
  for (const row of needed.answers) {
    const answer = readAnswer(row)
    const { event } = answer
    if (event.client_id !== null) room.answers.set(answerName(event.actor, event.client_id), answer)
  }
  for (const row of needed.records) {
    const record = readRecord(row)
    room.records.set(recordName(record.type, record.key), record)
  }
  for (const row of needed.events) {
    const event = readEvent(row)
    room.targets.set(event.seq, event)
  }
}

/** Sends one statement per table; the transaction awaits them. */
export function writeRoom(ask: RunStatement, batch: Batch, room: RoomState) {
  const num = room.row?.num
  if (num === undefined) return
  const send = (count: number, make: () => Statement) => {
    if (count > 0) void ask(make())
  }
  writeRow(ask, room)
  send(room.changedMembers.size, () => dropMembers(num, [...room.changedMembers]))
  const joined = [...room.changedMembers].flatMap((user) => room.members.get(user) ?? [])
  send(joined.length, () =>
    putMembers(
      num,
      ...columns(joined, 5, ({ user, role, joined_at, languages, view_seq }) => {
        return [user, role, joined_at, languages, view_seq]
      }),
    ),
  )
  send(room.events.length, () =>
    insertEvents(
      num,
      ...columns(room.events, 10, ({ event: e, action, content_hash, expires_at }) => {
        return [e.seq, e.type, e.v, e.actor, e.client_id, e.body, e.at, action, content_hash, expires_at]
      }),
    ),
  )
  const changed = [...room.changedRecords].flatMap((name) => room.records.get(name) ?? [])
  send(changed.length, () =>
    putRecords(
      num,
      ...columns(changed, 9, ({ type, key, seq, v, value, unset, at, actor }) => {
        return [type, key, seq, v, value, unsetToText(unset), at, actor, seq]
      }),
    ),
  )
  const redacted = room.redacted.map(({ seq }) => seq)
  send(redacted.length, () => redactEvents(num, redacted))
  const forgotten = room.redacted.filter(({ edits }) => !edits).map(({ seq }) => seq)
  send(forgotten.length, () => forgetContents(num, forgotten))
  for (const job of batch.jobs) {
    for (const query of jobs.write(job, batch.now)) void ask(query)
  }
}

function writeRow(ask: RunStatement, { row, loaded, totals }: RoomState) {
  if (row === null || row === loaded) return
  const { num, last_seq, floor_seq, profile_seq, member_count, closed_at } = row
  if (loaded !== null) {
    void ask(updateRoom(num, last_seq, profile_seq, member_count, totals.count, totals.bytes, closed_at))
    return
  }
  const { id, kind, epoch, created_at } = row
  const counters = [last_seq, floor_seq, profile_seq, member_count]
  void ask(insertRoom(num, id, kind, epoch, ...counters, created_at, closed_at, totals.count, totals.bytes))
}

/** Sends the projectors' writes: each statement once, with one array per column. Rejects if one must change a row and did not. */
export async function project(ask: RunStatement, writes: readonly Write[]): Promise<void> {
  const sent = writes.map(async (write) => {
    const rows = eachRowOnce(write)
    const [first] = rows
    if (first === undefined) return
    const { postgres, missed } = write.statement
    const changed = await ask({ sql: postgres, parameters: columns(rows, first.length, (row) => row) })
    if (missed && changed.length < rows.length) throw missed()
  })
  await Promise.all(sent)
}

function columns<T>(rows: readonly T[], width: number, cells: (row: T) => readonly Cell[]): Cell[][] {
  const made = Array.from({ length: width }, () => new Array<Cell>())
  for (const row of rows) {
    for (const [index, cell] of cells(row).entries()) made[index]?.push(cell)
  }
  return made
}
