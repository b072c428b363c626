import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type DatabaseTarget, openDatabase } from '../../../platform/db/open-database.ts'
import { imageWithPlace, tone } from '../../../platform/media/testing/samples.ts'
import { roomMigrations } from '../../../room/sql/tables.ts'
import { account, roomOf } from '../../rooms/testing/rooms.ts'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createWorld, type World } from '../../testing/world.ts'
import { uploadMigrations } from '../../uploads/store/tables.ts'
import { openDoor } from '../../uploads/testing/door.ts'
import { deletes, redact, say } from '../../uploads/testing/worlds.ts'
import { messageMigrations } from '../tables.ts'

const names = ({ files }: Answer): string[] => files.map(({ file }: Answer) => file.alt)

async function indexed({ db }: World): Promise<number> {
  const [row] = await db.all<{ n: number }>({ sql: 'SELECT count(*) AS n FROM message_files', parameters: [] })
  return Number(row?.n)
}

/** `target`: a new database, empty. */
export function filesSuite(name: string, backend: Backend, target: () => Promise<DatabaseTarget>): void {
  describe(`the files of a room on ${name}`, () => {
    after(() => backend.stop())

    test('[FL1] are paged by kind, the newest message first, with what is known of each', async (t) => {
      await using world = await createWorld(await backend.open())
      const door = await openDoor(t, world)
      const [ann, bob] = [await account(world, 'Ann'), await account(world, 'Bob')]
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      const photo = await imageWithPlace()
      const files = async (query: string) => (await world.rest('GET', `${path}/files${query}`)).body
      assert.deepEqual(await files(''), { files: [], next_cursor: null })
      const send = async (by: typeof ann, ...all: [string, Uint8Array | string][]) => {
        const file_ids: string[] = []
        for (const [alt, bytes] of all) file_ids.push((await door.sends(by, bytes, { alt })).id)
        return (await say(world, by, id, { file_ids })).body
      }
      const first = await send(ann, ['a', photo], ['notes', 'Some notes'], ['b', photo])
      await say(world, ann, id, { content: 'Nothing here' })
      await send(bob, ['bell', tone(1)])
      await send(bob, ['c', photo])
      await send(ann, ['d', photo])
      const page = await files('?limit=2')
      assert.deepEqual(names(page), ['d', 'c'])
      const rest = await files(`?kind=media&limit=2&cursor=${page.next_cursor}`)
      assert.deepEqual([names(rest), rest.next_cursor], [['a', 'b'], null])
      assert.deepEqual([names(await files('?kind=audio')), names(await files('?kind=file'))], [['bell'], ['notes']])
      const [{ file, ...of }] = rest.files
      const { id: message_id, seq, sender, created_at } = first
      assert.deepEqual(of, { message_id, seq, sender, created_at })
      assert.deepEqual(file, first.files[0])
      assert.equal(await door.outcome('GET', file.url), '200')
      for (const bad of ['?kind=castle', '?cursor=x', '?limit=0']) {
        assert.equal((await files(bad)).code, 'validation_error', bad)
      }
      await ann.does('PATCH', path, { is_private: true })
      assert.equal((await files('')).code, 'not_authenticated')
      assert.deepEqual(names((await world.rest('GET', `${path}/files`, { token: bob.token })).body).length, 4)
    })

    test('[FL2] are absent with their message, their account and their room', async (t) => {
      await using world = await createWorld(await backend.open(), { more: [deletes] })
      const door = await openDoor(t, world)
      const [ann, bob] = [await account(world, 'Ann'), await account(world, 'Bob')]
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      const send = async (by: typeof ann, alt: string) => {
        const { id: file_id } = await door.sends(by, alt, { alt })
        return (await say(world, by, id, { file_ids: [file_id] })).body
      }
      const [gone] = [await send(ann, 'redacted'), await send(bob, 'of Bob'), await send(ann, 'stays')]
      const files = async () => (await world.rest('GET', `${path}/files?kind=file`, { token: ann.token })).body
      assert.deepEqual(names(await files()), ['stays', 'of Bob', 'redacted'])
      await redact(world, id, gone.seq)
      assert.deepEqual([names(await files()), await indexed(world)], [['stays', 'of Bob'], 2])
      await bob.does('POST', '/api/delete-account', { password: 'an unusual password' })
      assert.deepEqual(names(await files()), ['stays'])
      await ann.does('DELETE', path)
      assert.deepEqual((await files()).files ?? [], [])
    })

    test('[FL3] of long messages are read in pages of 256 KiB, none of which costs more', async (t) => {
      await using world = await createWorld(await backend.open())
      const door = await openDoor(t, world)
      const ann = await account(world, 'Ann')
      const { id, path } = await roomOf(world, ann, {})
      const content = '\u4e2d'.repeat(19_990)
      for (let count = 0; count < 5; count += 1) {
        const { id: file_id } = await door.sends(ann, `${count}`, { alt: `${count}` })
        await say(world, ann, id, { content, file_ids: [file_id] })
      }
      const page = (await world.rest('GET', `${path}/files?kind=file&limit=100`)).body
      assert.deepEqual(names(page), ['4', '3', '2', '1'])
      const rest = (await world.rest('GET', `${path}/files?kind=file&cursor=${page.next_cursor}`)).body
      assert.deepEqual([names(rest), rest.next_cursor], [['0'], null])
    })

    test('files from before there was a list of them are listed', async () => {
      const open = { target: await target(), onFailure: assert.ifError }
      const earlier = [...roomMigrations, ...uploadMigrations, ...messageMigrations.slice(0, 2)]
      const before = await openDatabase({ ...open, migrations: earlier })
      const file = (at: number, kind: string, seq: number | null, state = 'ready') =>
        `INSERT INTO files (id, owner, room_id, seq, state, name, size, charged, blob, facts, created_at, changed_at)
         VALUES ('f${at}', 1, 'room', ${seq}, '${state}', 'a', 1, 1, 'b${at}', '{"mime_type":"x/y","kind":"${kind}"}', 1, 1)`
      const rows = [
        `INSERT INTO rooms (num, id, kind, epoch, last_seq, floor_seq, member_count, record_count, record_bytes, created_at)
         VALUES (7, 'room', 'chat', 'e', 9, 0, 0, 0, 0, 1)`,
        ...[file(1, 'image', 3), file(2, 'video', 3), file(3, 'audio', 3), file(4, 'file', 4)],
        ...[file(5, 'image', null), file(6, 'image', 5, 'removed')],
      ]
      await before.write(rows.map((sql) => ({ sql, parameters: [] })))
      await before.close()
      const db = await openDatabase({
        ...open,
        migrations: [...roomMigrations, ...uploadMigrations, ...messageMigrations],
      })
      const sql = 'SELECT room, kind, seq FROM message_files ORDER BY seq, kind'
      const found = await db.all<{ room: number; kind: string; seq: number }>({ sql, parameters: [] })
      assert.deepEqual(
        found.map(({ room, kind, seq }) => [room, kind, seq]),
        [
          [7, 'audio', 3],
          [7, 'media', 3],
          [7, 'file', 4],
        ],
      )
      await db.close()
    })
  })
}
