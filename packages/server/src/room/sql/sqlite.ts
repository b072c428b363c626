import type { SqliteDatabase } from '../../platform/db/sqlite/sqlite.ts'
import {
  answerName,
  type Batch,
  type Needs,
  newRoomState,
  recordName,
  type RoomState,
  visitNeeds,
} from '../log/batch.ts'
import { unsetToText } from '../log/record-change.ts'
import type { CommitCall, Write } from '../types.ts'
import { createJobStatements } from '../../platform/jobs/jobs.ts'
import { createKeptRows, type KeptRows } from './kept-rows.ts'
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

/** The commit's statements on SQLite: point lookups for the rows that calls name, and one insert per row. */
export type SqliteRooms = {
  /**
   * Loads the rows that the call needs and the batch does not have; returns the room. Does not look up the call's
   * client_id.
   */
  load(batch: Batch, call: CommitCall): RoomState
  /** Looks up the call's client_id if that was not done; true: it was used before. */
  loadAnswer(room: RoomState, call: CommitCall): boolean
  nextNum(): number
  write(batch: Batch): void
  project(writes: readonly Write[]): void
  /** After a successful transaction of the batch: the next one need not read its rows again. */
  wrote(batch: Batch): void
  /** After a failed transaction, or after something other than a commit wrote to rooms. */
  forget(): void
}

export function createSqliteRooms(db: SqliteDatabase): SqliteRooms {
  const last = db.prepare('SELECT coalesce(max(num), 0) AS num FROM rooms')
  const kept = createKeptRows()
  return {
    ...createLoader(db, kept),
    nextNum: () => int(last.get() ?? {}, 'num') + 1,
    write: createWriter(db),
    project(writes) {
      for (const write of writes) {
        const prepared = db.prepare(write.statement.sqlite)
        const { missed } = write.statement
        for (const row of eachRowOnce(write)) {
          const { changes } = prepared.run(...row)
          if (missed && changes === 0) throw missed()
        }
      }
    },
    wrote(batch) {
      for (const room of batch.rooms.values()) kept.keep(room)
    },
    forget: kept.forget,
  }
}

function createLoader(db: SqliteDatabase, kept: Pick<KeptRows, 'get'>) {
  const room = db.prepare(`SELECT ${ROOM}, record_count, record_bytes FROM rooms WHERE id = ?`)
  const member = db.prepare(`SELECT ${MEMBER} FROM members WHERE room = ? AND "user" = ?`)
  const answer = db.prepare(`SELECT ${ANSWER} FROM events WHERE room = ? AND actor = ? AND client_id = ?`)
  const event = db.prepare(`SELECT ${EVENT} FROM events WHERE room = ? AND seq = ?`)
  const record = db.prepare(`SELECT ${RECORD} FROM records WHERE room = ? AND type = ? AND key = ?`)
  const { held } = createJobStatements('sqlite')

  function loadRoom(batch: Batch, id: string): RoomState {
    const loaded = batch.rooms.get(id)
    if (loaded !== undefined) return loaded
    const known = kept.get(id)
    const state = known ? newRoomState(id, known.row, known.totals, known.members) : readRoomState(id)
    batch.rooms.set(id, state)
    return state
  }

  function readRoomState(id: string): RoomState {
    const found = room.get(id)
    const stored = found === undefined ? null : readStoredRoom(found)
    return newRoomState(id, stored?.row ?? null, stored?.totals ?? { count: 0, bytes: 0 })
  }

  function loadAnswer(state: RoomState, { actor, client_id }: CommitCall): boolean {
    const num = state.loaded?.num
    if (client_id === null || num === undefined) return false
    const name = answerName(actor, client_id)
    if (state.answers.has(name)) return false
    const found = answer.get(num, actor, client_id)
    state.answers.set(name, found === undefined ? null : readAnswer(found))
    return found !== undefined
  }

  /** A single visitor for all calls, because this runs for every message. */
  let num = 0
  let into: RoomState
  let runs: Batch['runs']
  const needs: Needs = {
    member(user) {
      if (into.members.has(user)) return
      const found = member.get(num, user)
      into.members.set(user, found === undefined ? null : readMember(found))
    },
    record(type, key) {
      const name = recordName(type, key)
      if (into.records.has(name)) return
      const found = record.get(num, type, key)
      into.records.set(name, found === undefined ? null : readRecord(found))
    },
    event(seq) {
      if (into.targets.has(seq)) return
      const found = event.get(num, seq)
      into.targets.set(seq, found === undefined ? null : readEvent(found))
    },
    run({ id, run }) {
      if (runs.has(id)) return
      const { sql, parameters } = held(id, run)
      runs.set(id, db.prepare(sql).get(...parameters) === undefined ? 0 : run)
    },
  }

  function load(batch: Batch, call: CommitCall): RoomState {
    const state = loadRoom(batch, call.room_id)
    // A room created by this batch has no stored rows: what is not in the maps does not exist.
    if (state.loaded === null) return state
    num = state.loaded.num
    into = state
    runs = batch.runs
    visitNeeds(call, needs)
    return state
  }

  return { load, loadAnswer }
}

function createWriter(db: SqliteDatabase) {
  const insertRoom = db.prepare(
    `INSERT INTO rooms (${ROOM}, record_count, record_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const updateRoom = db.prepare(
    `UPDATE rooms SET last_seq = ?, profile_seq = ?, member_count = ?, record_count = ?, record_bytes = ?, closed_at = ?
     WHERE num = ?`,
  )
  const insertEvent = db.prepare(
    `INSERT INTO events (${EVENT}, action, content_hash, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const redactEvent = db.prepare(`UPDATE events SET body = '', expires_at = NULL WHERE room = ? AND seq = ?`)
  const forgetContent = db.prepare('UPDATE events SET content_hash = NULL WHERE room = ? AND seq = ?')
  const putMember = db.prepare(`INSERT INTO members (room, ${MEMBER}) VALUES (?, ?, ?, ?, ?, ?)`)
  const dropMember = db.prepare('DELETE FROM members WHERE room = ? AND "user" = ?')
  const putRecord = db.prepare(
    `INSERT OR REPLACE INTO records (room, ${RECORD_WRITTEN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const jobs = createJobStatements('sqlite')

  function writeRoom({ row, loaded, totals }: RoomState) {
    if (row === null || row === loaded) return
    const { num, last_seq, floor_seq, profile_seq, member_count, closed_at } = row
    if (loaded !== null) {
      updateRoom.run(last_seq, profile_seq, member_count, totals.count, totals.bytes, closed_at, num)
      return
    }
    const { id, kind, epoch, created_at } = row
    const fixed = [num, id, kind, epoch, last_seq, floor_seq, profile_seq, member_count, created_at, closed_at]
    insertRoom.run(...fixed, totals.count, totals.bytes)
  }

  function writeMembers(num: number, { changedMembers, members }: RoomState) {
    for (const user of changedMembers) {
      dropMember.run(num, user)
      const member = members.get(user)
      if (!member) continue
      const { role, joined_at, languages, view_seq } = member
      putMember.run(num, user, role, joined_at, languages, view_seq)
    }
  }

  function writeRecords(num: number, { changedRecords, records }: RoomState) {
    for (const name of changedRecords) {
      const record = records.get(name)
      if (!record) continue
      const { type, key, seq, v, value, unset, at, actor } = record
      putRecord.run(num, type, key, seq, v, value, unsetToText(unset), at, actor, seq)
    }
  }

  return (batch: Batch) => {
    for (const state of batch.rooms.values()) {
      const num = state.row?.num
      if (num === undefined) continue
      writeRoom(state)
      writeMembers(num, state)
      for (const { event, action, content_hash, expires_at } of state.events) {
        const { room, seq, type, v, actor, client_id, body, at } = event
        insertEvent.run(room, seq, type, v, actor, client_id, body, at, action, content_hash, expires_at)
      }
      writeRecords(num, state)
      for (const { seq, edits } of state.redacted) {
        redactEvent.run(num, seq)
        if (!edits) forgetContent.run(num, seq)
      }
    }
    for (const job of batch.jobs) {
      for (const { sql, parameters } of jobs.write(job, batch.now)) db.prepare(sql).run(...parameters)
    }
  }
}
