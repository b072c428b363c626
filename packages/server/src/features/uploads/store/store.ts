import { sql } from 'kysely'
import type { Database, Query, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import { userJoins } from '../../identity/identity.ts'
import type { FileState, UploadTables } from './tables.ts'

export type FileRow = Row & UploadTables['files']
/** A user or room whose files are counted together. */
export type Counted = { scope: 'user' | 'room'; ref: string }
/** Bytes and files, at most. */
export type Quota = { bytes: number; files: number }

const columns = [
  ...(['id', 'owner', 'room_id', 'seq', 'state', 'name', 'alt', 'size', 'charged'] as const),
  ...(['blob', 'facts', 'created_at', 'changed_at'] as const),
] as const

/** States of what is not, or not any more, a file of its owner. */
const noFiles: readonly FileState[] = ['removed', 'picture']

export type UploadsStore = ReturnType<typeof createUploadsStore>

export function createUploadsStore(db: Database) {
  const queries = createQueries<UploadTables>(db.dialect)
  const files = queries.selectFrom('files').select(columns)
  const { users } = userJoins(db.dialect)
  const run = async (...all: { compile(): Query }[]) => db.write(all.map((query) => query.compile()))
  const whole = (value: number) => sql<number>`cast(${value} as bigint)`
  const text = (value: string | null) => sql<string>`cast(${value} as text)`

  const usageOf = ({ scope, ref }: Counted) =>
    queries.updateTable('file_usage').where('scope', '=', scope).where('ref', '=', ref)
  const userOf = (owner: number): Counted => ({ scope: 'user', ref: String(owner) })
  const chargedOf = (id: string) => queries.selectFrom('files').select('charged').where('id', '=', id)

  /**
   * Locks the file, and so makes others who change it wait: what the statements behind it compute from the file holds until the
   * end of the transaction. One that waited finds the file as it is then.
   */
  const lock = (id: string, state: FileState) =>
    queries.updateTable('files').set({ state }).where('id', '=', id).where('state', '=', state)

  /** Whether the usage was changed under this mark in the same transaction, and so was within the quota. */
  const isMarked = (owner: number, mark: string) =>
    sql<boolean>`exists (select 1 from file_usage where scope = 'user' and ref = ${String(owner)} and last_file = ${mark})`

  /** Statements that count `size` bytes for an upload instead of what it counted for, and set more of it, within the quota. */
  function counted(
    { id, owner }: FileRow,
    size: number,
    quota: Quota,
    set: Partial<Pick<UploadTables['files'], 'state' | 'size' | 'changed_at' | 'alt' | 'room_id'>>,
  ): { compile(): Query }[] {
    const mark = `${id} ${set.state ?? 'uploading'} ${size}`
    return [
      lock(id, 'uploading'),
      usageOf(userOf(owner))
        .set(({ eb }) => ({
          bytes: sql<number>`bytes + ${size} - (${chargedOf(id)})`,
          last_file: eb.val(mark),
        }))
        .where(sql<number>`bytes - (${chargedOf(id)})`, '<=', quota.bytes - size)
        .where(({ exists }) => exists(chargedOf(id).where('state', '=', 'uploading'))),
      queries
        .updateTable('files')
        .set({ charged: size, ...set })
        .where('id', '=', id)
        .where('state', '=', 'uploading')
        .where(isMarked(owner, mark))
        .returning('id'),
    ]
  }

  return {
    /** Stores a new file and counts it for its uploader; false, and nothing is stored, if that is over the quota (rule UP9). */
    async begin(row: UploadTables['files'], quota: Quota): Promise<boolean> {
      const user = userOf(row.owner)
      const [, , stored] = await run(
        queries
          .insertInto('file_usage')
          .values({ ...user, bytes: 0, files: 0 })
          .onConflict((conflict) => conflict.columns(['scope', 'ref']).doNothing()),
        usageOf(user)
          .set(({ eb }) => ({
            bytes: eb('bytes', '+', row.charged),
            files: eb('files', '+', 1),
            last_file: row.id,
          }))
          .where('bytes', '<=', quota.bytes - row.charged)
          .where('files', '<', quota.files),
        queries
          .insertInto('files')
          .columns(columns)
          .expression(
            queries
              .selectNoFrom([
                ...[text(row.id).as('id'), whole(row.owner).as('owner'), text(row.room_id).as('room_id')],
                sql<null>`cast(null as bigint)`.as('seq'),
                ...[text(row.state).as('state'), text(row.name).as('name'), text(row.alt).as('alt')],
                ...[whole(row.size).as('size'), whole(row.charged).as('charged'), text(row.blob).as('blob')],
                text(row.facts).as('facts'),
                ...[whole(row.created_at).as('created_at'), whole(row.changed_at).as('changed_at')],
              ])
              .where(isMarked(row.owner, row.id)),
          )
          .returning('id'),
        queries
          .insertInto('file_blobs')
          .columns(['blob', 'file'])
          .expression(
            queries
              .selectNoFrom([text(row.blob).as('blob'), text(row.id).as('file')])
              .where(isMarked(row.owner, row.id)),
          ),
      )
      return stored?.length === 1
    },

    /** Counts what has come so far of a file whose size nobody declared; false if that is over the quota. */
    async coming(row: FileRow, size: number, quota: Quota): Promise<boolean> {
      const [, , stored] = await run(...counted(row, size, quota, {}))
      return stored?.length === 1
    },

    /**
     * All bytes of the file are here: counts what came instead of what was declared, and stores `job`, which looks at it; false if
     * that is over the quota.
     */
    async arrived(
      row: FileRow,
      now: number,
      { size, quota, ...more }: { size: number; quota: Quota; alt: string | null; room_id: string },
      job: Query,
    ): Promise<boolean> {
      const set = { state: 'processing', size, changed_at: now, ...more } as const
      const counting = counted(row, size, quota, set).map((query) => query.compile())
      const [, , stored] = await db.write([...counting, job])
      return stored?.length === 1
    },

    /** The file is as it is served; false if it is not in the state of `row` any more. `blobs`: all that it has now. */
    async ready(
      { id, owner, state: before }: FileRow,
      now: number,
      served: { state: 'ready' | 'picture'; size: number; charged: number; blob: string; facts: string },
      blobs: readonly string[],
    ): Promise<boolean> {
      const isProcessing = chargedOf(id).where('state', '=', before)
      const named = blobs.map((blob) => ({ blob, file: id }))
      const [, , , , stored] = await run(
        lock(id, before),
        usageOf(userOf(owner))
          .set({ bytes: sql<number>`bytes + ${served.charged} - (${chargedOf(id)})` })
          .where(({ exists }) => exists(isProcessing)),
        queries
          .deleteFrom('file_blobs')
          .where('file', '=', id)
          .where(({ exists }) => exists(isProcessing)),
        queries
          .insertInto('file_blobs')
          .values(named)
          .onConflict((conflict) => conflict.column('blob').doNothing()),
        queries
          .updateTable('files')
          .set({ ...served, changed_at: now })
          .where('id', '=', id)
          .where('state', '=', before)
          .returning('id'),
      )
      return stored?.length === 1
    },

    async find(id: string): Promise<FileRow | null> {
      const [row] = await db.all<FileRow>(files.where('id', '=', id).where('state', 'not in', noFiles).compile())
      return row ?? null
    },

    async picture(id: string): Promise<FileRow | null> {
      const [row] = await db.all<FileRow>(files.where('id', '=', id).where('state', '=', 'picture').compile())
      return row ?? null
    },

    /** Pictures behind this id that have not changed since `before`, by id. A literal, for the sake of the partial index. */
    pictures(after: string, before: number, limit: number): Promise<FileRow[]> {
      const query = files
        .where(sql<boolean>`state = 'picture'`)
        .where('id', '>', after)
        .where('changed_at', '<', before)
      return db.all<FileRow>(query.orderBy('id').limit(limit).compile())
    },

    /** The same, unless its owner's account is deleted: what it takes with it is removed by a job (rule UP7). */
    async findOfPresent(id: string): Promise<FileRow | null> {
      const query = queries
        .selectFrom('files as f')
        .innerJoin(users.as('u'), 'u.num', 'f.owner')
        .selectAll('f')
        .where('f.id', '=', id)
        .where('f.state', 'not in', noFiles)
        .where('u.deleted_at', 'is', null)
      const [row] = await db.all<FileRow>(query.compile())
      return row ?? null
    },

    /** Those of these files that can be read, if their room can (rule UP7). */
    async present(ids: readonly string[]): Promise<ReadonlySet<string>> {
      if (ids.length === 0) return new Set()
      const query = queries
        .selectFrom('files as f')
        .innerJoin(users.as('u'), 'u.num', 'f.owner')
        .select('f.id')
        .where('f.id', 'in', ids)
        .where('f.state', '<>', 'removed')
        .where('u.deleted_at', 'is', null)
      return new Set((await db.all<Row & { id: string }>(query.compile())).map(({ id }) => id))
    },

    /** Those of these files that there are, in no order. */
    findAll: (ids: readonly string[]): Promise<FileRow[]> =>
      db.all<FileRow>(files.where('id', 'in', ids).where('state', 'not in', noFiles).compile()),

    async touch(id: string, now: number): Promise<void> {
      await run(queries.updateTable('files').set({ changed_at: now }).where('id', '=', id))
    },

    /** Changes what is said about a file that is not attached; false if it is by now. */
    async describe(id: string, said: { name?: string; alt?: string | null }): Promise<boolean> {
      const query = queries.updateTable('files').set(said).where('id', '=', id).where('seq', 'is', null)
      const [rows] = await run(query.returning('id'))
      return rows?.length === 1
    },

    /** Removes a file, and resolves with its blobs. `loose`: only if it is not attached. */
    async remove(id: string, { loose = false } = {}): Promise<string[]> {
      const gone = () => {
        const all = queries.selectFrom('files').where('id', '=', id)
        return loose ? all.where('seq', 'is', null) : all
      }
      const less = { bytes: sql<number>`bytes - (${chargedOf(id)})`, files: sql<number>`files - 1` }
      const locked = queries.updateTable('files').set({ state: 'removed' }).where('id', '=', id)
      const [, , , blobs] = await run(
        loose ? locked.where('seq', 'is', null) : locked,
        queries
          .updateTable('file_usage')
          .set(less)
          .where('scope', '=', 'user')
          .where('ref', '=', gone().select(sql<string>`cast(owner as text)`.as('ref'))),
        queries
          .updateTable('file_usage')
          .set(less)
          .where('scope', '=', 'room')
          .where('ref', '=', gone().select('room_id').where('seq', 'is not', null)),
        queries.deleteFrom('file_blobs').where('file', 'in', gone().select('id')).returning('blob'),
        queries.deleteFrom('files').where('id', 'in', gone().select('id')),
      )
      return (blobs ?? []).map(({ blob }) => String(blob))
    },

    /** Files in this state, or (`loose`) that arrived and are not attached, that have not changed since `before`. */
    async unchanged(state: FileState | 'loose', before: number, limit: number): Promise<string[]> {
      const old = queries.selectFrom('files').select('id').where('changed_at', '<', before).limit(limit)
      const query =
        state === 'loose'
          ? old.where('seq', 'is', null).where('state', 'not in', ['uploading', 'picture'])
          : old
              .where('state', '=', state)
              .where(({ or, eb }) => or([eb('seq', 'is', null), eb('state', '=', 'removed')]))
      return (await db.all<Row & { id: string }>(query.compile())).map(({ id }) => id)
    },

    /** All but the pictures of rooms, which stay with their rooms. */
    async ofUser(owner: number, limit: number): Promise<string[]> {
      const query = queries
        .selectFrom('files')
        .select('id')
        .where('owner', '=', owner)
        .where(sql<boolean>`(state <> 'picture' or room_id = '')`)
        .limit(limit)
      return (await db.all<Row & { id: string }>(query.compile())).map(({ id }) => id)
    },

    /** Files attached in a closed room; null: there is no closed room with files. */
    async ofClosedRoom(limit: number): Promise<{ room_id: string; ids: string[] } | null> {
      const [room] = await db.all<Row & { room_id: string }>(
        queries.selectFrom('file_rooms_closed').select('room_id').limit(1).compile(),
      )
      if (!room) return null
      const query = queries
        .selectFrom('files')
        .select('id')
        .where('room_id', '=', room.room_id)
        .where('seq', 'is not', null)
        .limit(limit)
      const ids = (await db.all<Row & { id: string }>(query.compile())).map(({ id }) => id)
      return { room_id: room.room_id, ids }
    },

    async roomDone(room_id: string): Promise<void> {
      await run(queries.deleteFrom('file_rooms_closed').where('room_id', '=', room_id))
    },

    /** Which of these blobs belong to a file. */
    async named(blobs: readonly string[]): Promise<ReadonlySet<string>> {
      const query = queries.selectFrom('file_blobs').select('blob').where('blob', 'in', blobs)
      return new Set((await db.all<Row & { blob: string }>(query.compile())).map(({ blob }) => blob))
    },

    async usage({ scope, ref }: Counted): Promise<Quota> {
      const query = queries.selectFrom('file_usage').select(['bytes', 'files']).where('scope', '=', scope)
      const [row] = await db.all<Row & Quota>(query.where('ref', '=', ref).compile())
      return row ?? { bytes: 0, files: 0 }
    },
  }
}
