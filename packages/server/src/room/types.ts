import type { Claim } from '../core/action.ts'
import type { AnyEventType, EventType, RecordType, RoomFacts, StoredEvent, StoredRecord } from '../core/contract.ts'
import type { AppError, Failure } from '../core/error.ts'
import type { QueuedCall } from '../core/order/room-queue.ts'
import type { ReadPermit } from '../core/fairness/read-queue.ts'
import type { Bus } from '../platform/bus/bus.ts'
import type { Cell } from '../platform/db/database.ts'
import type { JobRun, JobType, NewJob } from '../platform/jobs/jobs.ts'
import type { Languages } from './languages.ts'
import type { Bound } from './log/bound.ts'

/**
 * A room as the engine stores it. Times in ms; `closed_at` null while it is open. Fields that never change: num, id,
 * kind. `profile_seq`: the seq of the last change of what features cache about the room (rule C11).
 */
export type RoomRow = RoomFacts & {
  epoch: string
  last_seq: number
  floor_seq: number
  profile_seq: number
  member_count: number
  created_at: number
  closed_at: number | null
}

/**
 * The only role that the engine knows (rule MB4): a member with it is kept out, which means detached everywhere and refused
 * by every commit that requires membership.
 */
export const sentOutRole = 'sent_out'

/** A durable membership. The rooms feature defines the other roles; the engine stores them as text. */
export type Member = { user: number; role: string; joined_at: number }

/**
 * The same with what decides their view: `languages` is JSON text (`storedLanguages`), null if they named none; `view_seq` is
 * the last seq that the member may have read with another view (rule V3).
 */
export type MemberRow = Member & { languages: string | null; view_seq: number }

export type JsonObject = { readonly [name: string]: unknown }

/**
 * What a condition or a record change may use: the room, the actor's membership and the clock, as of its place in the
 * batch. `target`: the membership of the user that a condition names with `of`; null elsewhere.
 */
export type Facts = { room: RoomRow; member: Member | null; target: Member | null; seq: number; now: number }

/** Why a membership ended. `waiting`: the user must wait to be let in again. */
export type LeaveReason = 'left' | 'removed' | 'banned' | 'waiting'

/**
 * One operation of a commit: data and pure functions, never I/O. The ops of one call succeed or fail together, in order.
 * `unrevised` refuses the call with `StaleCommit` unless the room has this `profile_seq` (rule C11).
 * `create` must come first and only in a call for an id that does not exist; projectors get `profile`.
 * `live` of an `append` is a text that the event's encoder gets for its live form alone (rule EN4).
 * `aside` of an `append` goes to the projectors and not into the log: data that no reader of the room may see.
 * `admit` adds a member (and logs `member_joined`) unless there is one; over `capacity` it refuses `room_full`.
 * `expel` removes a member (and logs `member_left`) if there is one; `by` is the id of who did it, null for the member.
 * `reason` defaults to `left` without `by` and to `removed` with it.
 * `role` changes a member's role (and logs `member_changed`); without such a member it refuses `not_found`. With `from`
 * it does so only for a member with that role, and nothing otherwise.
 * `languages` sets what languages a member speaks and reads (and logs `member_languages`, rule V2); `user_id` is the user's id.
 * `revise` marks that the last event or record change of this call changed cached data (rule C11).
 * `close` logs `room_closed` with `reason`, which defaults to `closed`.
 * `next` of a `change` computes the record's new value from the current one (null: it is removed, or stays absent), or
 * returns the error that refuses the call.
 * `claim` gives the projectors the `Idempotency-Key` under which the call creates `resource`.
 * `redact` empties the body of the event `seq` and appends `as` with `body`; an absent event refuses `not_found`, one that
 * is already empty `conflict` (rule D5). With `edits` the new event is another version of the same content, and the hash of
 * the first version is kept (rule I5). `position`: the item's first event, if `seq` is a later one (rule HI1).
 * `enqueue` stores a job of the room. `schedule` sets a timer by its type and key, and replaces the one that was set; with
 * `keep` an earlier one stays. `cancel` removes it. `settle` removes the timer whose handler makes this call, and refuses
 * the call `conflict` if it is not that handler's any more (platform rules JB1 to JB3). Times in ms since 1970.
 */
export type Op =
  | { op: 'create'; kind: string; profile: JsonObject }
  | { op: 'require'; of?: number; check: (facts: Facts) => Failure | null }
  | { op: 'unrevised'; profile_seq: number }
  | {
      op: 'append'
      type: AnyEventType
      body: (facts: Facts) => JsonObject
      aside?: JsonObject
      live?: string | undefined
    }
  | {
      op: 'change'
      type: RecordType
      key: string
      next: (current: JsonObject | null, facts: Facts) => JsonObject | AppError | null
    }
  | { op: 'remove'; type: RecordType; key: string }
  | { op: 'admit'; user: number; role: string; capacity: number | null }
  | { op: 'expel'; user: number; by: string | null; reason?: LeaveReason }
  | { op: 'role'; user: number; role: string; by: string | null; from?: string }
  | { op: 'languages'; user: number; user_id: string; languages: Languages }
  | { op: 'revise' }
  | {
      op: 'redact'
      seq: number
      position?: number
      as: EventType
      body: (facts: Facts) => JsonObject
      edits?: boolean
    }
  | { op: 'claim'; claim: Claim; resource: string }
  | { op: 'enqueue'; job: NewJob; at?: number }
  | { op: 'schedule'; job: NewJob; key: string; at: number | ((facts: Facts) => number); keep?: boolean }
  | { op: 'cancel'; type: Pick<JobType, 'name'>; key: string }
  | { op: 'settle'; run: JobRun }
  | { op: 'close'; reason?: string }

export type CommitCall = {
  room_id: string
  /** The acting user's num; 0 for the server itself. */
  actor: number
  /** The action's name, stored beside the client_id to detect reuse by another action. */
  action: string
  /** Unique per (room, actor); null: not idempotent. */
  client_id: string | null
  /**
   * The `contentHash` of what is sent. Another one under the same client_id is refused (rule I5); absent or null: it is not compared.
   */
  content_hash?: string | null
  /** The actor must be a member, else the call is refused `not_a_member`; a member who is kept out is refused `sent_out`. */
  members_only: boolean
  /** Whether the call also runs in a closed room: only the server's own, with which it forgets data of users (rule C10). */
  after_close?: boolean
  /** Set if this is the last commit of a connection's call: commits of its later calls come after this one (rule C14). */
  queued?: QueuedCall | null
  ops: readonly Op[]
}

/** What a client_id was used for; `content_hash` of its content, null if unknown. */
export type Answer = { action: string; content_hash: string | null; event: StoredEvent }

/** A record's change as it is delivered; `value` is the whole value as JSON text, null when the record was removed. */
export type RecordChange = StoredRecord & {
  room: number
  /** Top-level properties set, as the JSON text of an object; and the names of those unset. */
  set: string
  unset: readonly string[]
}

/** `live`: for the live form alone (rule EN4); absent where the log was read. */
export type LogEntry =
  | { kind: 'event'; event: StoredEvent; live?: string | undefined }
  | { kind: 'record'; record: RecordChange }

/** What a call did. `replayed`: its client_id had been used by the same action, `events` holds the first one's event as it is now. */
export type Committed = {
  room: RoomRow
  replayed: boolean
  events: readonly StoredEvent[]
  records: readonly RecordChange[]
  /** The actor's membership after the call. */
  member: Member | null
}

/** What the accepted calls of a batch did, in order, for projectors. */
export type Applied =
  | { kind: 'created'; room: RoomRow; actor: number; profile: JsonObject }
  | { kind: 'event'; room: RoomRow; event: StoredEvent; body: JsonObject; aside: JsonObject | null }
  | { kind: 'record'; room: RoomRow; record: RecordChange }
  | { kind: 'member'; room: RoomRow; user: number; role: string | null }
  /** `seq`: the position; `content_seq`: the event that carries the content from now on, null if none does. */
  | { kind: 'redacted'; room: RoomRow; seq: number; content_seq: number | null }
  | { kind: 'claimed'; room: RoomRow; claim: Claim; resource: string; at: number }
  | { kind: 'closed'; room: RoomRow }

/**
 * A statement over many rows: on SQLite it runs once a row with `?` for each column, on PostgreSQL once, with one array a
 * column. The first `key` columns are the key of the table's row, which a statement writes once: of several rows with one key the
 * last wins, or (`again: 'refuse'`) the calls of the batch run one by one, and the table's index refuses the second.
 * `missed`: why a call is refused whose row found nothing to change; on PostgreSQL the statement then returns what it changed.
 */
export type RowsStatement = {
  sqlite: string
  postgres: string
  key: number
  again: 'last' | 'refuse'
  missed?: () => AppError
}
export type Write = { statement: RowsStatement; rows: readonly (readonly Cell[])[] }

/** Writes a feature's own tables in the transaction that changed the room. Pure: from applied changes to statements. */
export type Projector = (applied: readonly Applied[]) => readonly Write[]

/** What one commit made visible: every `seq` in `from..to` is in `entries`, in order. Travels on the bus after the commit is durable. */
export type RoomBatch = {
  room: RoomFacts
  from: number
  to: number
  entries: readonly LogEntry[]
  committed_at: number
}

/** An event that is never stored, on its way to other nodes: its name and its payload's JSON text. */
export type DirectEvent = { readonly event: string; readonly json: string }

/**
 * What a node committed to a room, for those who have it in their list: everything from `from` (0: from an unknown seq) to
 * `last_seq`. `news`: JSON texts of fields that changed, by name; null: nothing to tell. `begun` and `ended`: users whose
 * memberships began or changed, and ended, with the reasons. `own`: users for whom something of the room changed that nobody
 * else sees; such a line says nothing else. `said`: how many messages each user sent; null or absent: other events may have changed
 * how many there are. `read`: users who have read further; such a line says nothing else either.
 */
export type RoomActivity = {
  readonly room: RoomFacts
  readonly from: number
  readonly last_seq: number
  readonly news: Readonly<Record<string, string>> | null
  readonly begun: readonly number[]
  readonly ended: readonly (readonly [user: number, reason: string])[]
  readonly closed: boolean
  readonly own?: readonly number[]
  readonly said?: readonly (readonly [user: number, count: number])[] | null
  readonly read?: readonly number[]
}

/** What nodes tell each other. */
export type RoomMessages = {
  room: RoomBatch | DirectEvent
  user: DirectEvent
  all: DirectEvent
  activity: RoomActivity
}
export type RoomBus = Bus<RoomMessages>

/**
 * An item of the room's history: its position is the seq of its first event, its content stands in the event that carries it
 * now (rule HI1). In a log, or while nothing has changed it, both are the same event.
 */
export type HistoryItem = { readonly position: number; readonly event: StoredEvent }

/**
 * The answer to a reader with a cursor (see README, RC rules). `events` is ascending by position: of the log when
 * `recovered`, else of the history.
 */
export type Catchup = {
  room: RoomRow
  member: MemberRow | null
  /** The room's last_seq in the snapshot that was read. */
  seq: number
  recovered: boolean
  events: readonly HistoryItem[]
  records: readonly StoredRecord[]
  /** Cursor for the records that did not fit, or null. */
  more: string | null
  /** `before` for the next older page of history, or null when there is none. */
  history_before: number | null
}

/**
 * Where a page of history begins, exclusive; with neither it is the newest page. `part`: only of this part of it, as the
 * `HistoryQuery` names them.
 */
export type HistoryCursor = { before: number | null; after: number | null; part?: string }
/** Oldest first; `next_cursor` is the next `before` (or `after`), null at the end. */
export type HistoryPage = { items: readonly HistoryItem[]; next_cursor: number | null }

export type StatePage = { epoch: string; seq: number; items: readonly StoredRecord[]; next_cursor: string | null }

/** A page of the records of one type, by key: after `after` (null: from the first), at most so many rows and bytes. */
export type RecordsPlace = Bound & { readonly after: string | null }
/** `next`: the `after` of the next page; null at the end. */
export type RecordsPage = { readonly items: readonly StoredRecord[]; readonly next: string | null }

/**
 * The engine's interface for features and transport. Every promise that answers stored facts resolves only when these
 * facts are durable. Functions that read as much as their caller chooses require a `ReadPermit`. Rejects with AppError: the refusing code, `room_busy`, `storage_unavailable`, `shutting_down`.
 */
export type RoomEngine = {
  commit(call: CommitCall): Promise<Committed>
  /** By id; null when there is none. */
  find(room_id: string): Promise<RoomRow | null>
  member(room: number, user: number): Promise<MemberRow | null>
  /** Members by joining time; at most `limit` (1..200) after the cursor. */
  members(
    permit: ReadPermit,
    room: number,
    page: { after: string | null; limit: number },
  ): Promise<{ items: readonly Member[]; next_cursor: string | null }>
  /** The members among these users, by joining time (rule MB5). */
  membersAmong(room: number, users: readonly number[]): Promise<readonly Member[]>
  /** Open rooms in which both users are members who are not kept out, newest first; at most `limit` (rule MB5). */
  commonRooms(permit: ReadPermit, a: number, b: number, limit: number): Promise<readonly RoomRow[]>
  /** Rooms in which the user is a member who is not kept out, newest first; closed ones left out; at most `limit`. */
  roomsOf(user: number, limit: number): Promise<readonly RoomRow[]>
  /** The record with this type and key; null when there is none (rule R6). */
  record(room: number, type: string, key: string): Promise<StoredRecord | null>
  /** A page of the records of this type; at least one record when there is one (rule R6). */
  records(permit: ReadPermit, room: number, type: string, page: RecordsPlace): Promise<RecordsPage>
  /** What this user used a client_id for in this room, if at all; with the event as it is now. */
  answered(room: number, user: number, client_id: string): Promise<Answer | null>
  catchUp(
    permit: ReadPermit,
    room: number,
    user: number,
    cursor: { after_seq: number | null; epoch: string | null },
  ): Promise<Catchup>
  statePage(permit: ReadPermit, room: number, cursor: string): Promise<StatePage>
  /** A page of what `HistoryQuery` selects, within `bound`; at least one event when there is one. */
  history(permit: ReadPermit, room: number, place: HistoryCursor, bound: Bound): Promise<HistoryPage>
  /** The history item at this position as it is now; null when there is none, or nothing left of it. */
  historyItem(room: number, position: number): Promise<HistoryItem | null>
  /**
   * Everything newer than `after` and up to the durable end, for a node that repairs a gap. `whole` is false, and nothing is
   * answered, if that is impossible: there are more than `limit` entries, some were pruned, or removed property names of a record are
   * forgotten. Then members must take a snapshot.
   */
  readLog(
    room: number,
    after: number,
    limit: number,
  ): Promise<{ room: RoomRow; entries: readonly LogEntry[]; whole: boolean }>
  /** The last_seq of each room that is given and exists, for the tail check. */
  tails(rooms: readonly number[]): Promise<ReadonlyMap<number, { last_seq: number; epoch: string }>>
  /** Prunes bodies past their retention and old tombstones; answers how many rows it touched. Safe to run on any node. */
  prune(): Promise<number>
  /** Accepts no more calls and resolves when the accepted ones are settled. */
  drain(): Promise<void>
}

/** Profiles of actors as JSON text, cached. */
export type People = {
  /** From the cache; undefined if it must be loaded. 0 and unknown users have a profile too (`{"id":"","name":"Parlor",...}`). */
  cached(user: number): string | undefined
  load(users: readonly number[]): Promise<ReadonlyMap<number, string>>
}

/** The messages feature's reader of history, run inside the engine's snapshot. */
export type HistoryQuery = {
  /**
   * Rows are `position` and the columns of the StoredEvent that carries the content, ascending or descending by position as
   * `before` and `after` ask; `limit + 1` rows are asked for.
   */
  page: (
    room: number,
    page: HistoryCursor & { limit: number },
  ) => { sqlite: string; postgres: string; params: readonly Cell[] }
}
