import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { UniqueViolation, type Migration } from '../database.ts'
import { createQueries } from '../kysely.ts'
import { migrate } from '../migrate.ts'
import type { AnyDatabase } from '../open-database.ts'

type Tables = { things: { id: number; name: string; note: string | null } }

const things: Migration = {
  id: '0001-things',
  sqlite: 'CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, note TEXT) STRICT',
  postgres: 'CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, note TEXT)',
}
const both = (id: string, sql: string): Migration => ({ id, sqlite: sql, postgres: sql })

/** What features may rely on with either database. `open` opens a database; the same one for the same name. */
export function databaseSuite(driver: string, open: (name: string) => Promise<AnyDatabase>) {
  suite(`the database on ${driver}`, () => {
    let db: AnyDatabase
    const queries = () => createQueries<Tables>(db.dialect)
    const insert = (id: number, name: string) =>
      queries().insertInto('things').values({ id, name, note: null }).compile()
    const names = async () => {
      const rows = await db.all<{ name: string }>(queries().selectFrom('things').select('name').orderBy('id').compile())
      return rows.map(({ name }) => name)
    }

    before(async () => {
      db = await open('shared')
      await migrate(db, [things])
    })
    after(() => db.close())

    test('reads what was written, integers as numbers', async () => {
      const large = Number.MAX_SAFE_INTEGER
      await db.write([insert(large, 'large')])
      const query = queries().selectFrom('things').select(['id', 'note']).where('id', '=', large).compile()
      assert.deepEqual({ ...(await db.all(query))[0] }, { id: large, note: null })
      const count = queries()
        .selectFrom('things')
        .select((things) => things.fn.countAll().as('n'))
        .compile()
      assert.equal((await db.all(count))[0]?.['n'], 1)
    })

    test('[RC6] a read with a byte bound ends after the row that exceeds it', async () => {
      const notes = ['four', 'nine bytes', '\u00e9\u00e9', null, 'the end']
      await db.write(
        notes.map((note, index) =>
          queries()
            .insertInto('things')
            .values({ id: 500 + index, name: `noted ${index}`, note })
            .compile(),
        ),
      )
      const read = async (bytes: number, direction: 'asc' | 'desc') => {
        const { sql, parameters } = queries()
          .selectFrom('things')
          .select(['id', 'note'])
          .where('id', '>=', 500)
          .where('id', '<', 600)
          .orderBy('id', direction)
          .compile()
        return (await db.all({ sql, parameters, within: { column: 'note', bytes } })).map(({ id }) => Number(id) - 500)
      }
      assert.deepEqual(await read(3, 'asc'), [0])
      assert.deepEqual(await read(4, 'asc'), [0, 1])
      assert.deepEqual(await read(14, 'asc'), [0, 1, 2])
      assert.deepEqual(await read(18, 'asc'), [0, 1, 2, 3, 4])
      assert.deepEqual(await read(6, 'desc'), [4])
      assert.deepEqual(await read(7, 'desc'), [4, 3, 2])
    })

    test('commits all statements of a write or none, and names a violated unique index', async () => {
      const before = await names()
      await assert.rejects(db.write([insert(1, 'one'), insert(2, 'large')]), (error: unknown) => {
        return error instanceof UniqueViolation && /name/.test(error.constraint)
      })
      await assert.rejects(db.write([insert(1, 'one'), { sql: 'SELECT nonsense', parameters: [] }]))
      assert.deepEqual(await names(), before)
      await db.write([insert(1, 'one'), insert(2, 'two')])
      assert.deepEqual(await names(), ['one', 'two', ...before])
    })

    test('a write returns the rows of each statement, and `all` may write too', async () => {
      const add = (id: number) =>
        queries()
          .insertInto('things')
          .values({ id, name: `n${id}`, note: null })
          .returning('id')
          .compile()
      const rows = await db.write([add(10), add(11)])
      assert.deepEqual(
        rows.map(([row]) => row?.['id']),
        [10, 11],
      )
      assert.equal((await db.all(add(12)))[0]?.['id'], 12)
      await assert.rejects(db.all(add(12)), UniqueViolation)
    })

    test('stores all of many concurrent writes', async () => {
      await Promise.all(Array.from({ length: 50 }, (_, n) => db.write([insert(100 + n, `many ${n}`)])))
      assert.equal((await names()).filter((name) => name.startsWith('many')).length, 50)
      assert.equal(await db.alive(), true)
    })

    test('runs each migration once, in order, completely or not at all', async () => {
      const fresh = await open('migrated')
      const add = both('0002-more', 'ALTER TABLE things ADD COLUMN more TEXT')
      const broken = both(
        '0003-broken',
        'ALTER TABLE things ADD COLUMN kept TEXT; ALTER TABLE nothing ADD COLUMN x TEXT',
      )
      await migrate(fresh, [things])
      await assert.rejects(migrate(fresh, [things, add, broken]))
      await fresh.all({ sql: 'SELECT more FROM things', parameters: [] })
      await assert.rejects(fresh.all({ sql: 'SELECT kept FROM things', parameters: [] }))
      await migrate(fresh, [things, add])
      const ran = await fresh.all({ sql: 'SELECT id FROM migrations ORDER BY id', parameters: [] })
      assert.deepEqual(
        ran.map(({ id }) => id),
        ['0001-things', '0002-more'],
      )
      await assert.rejects(migrate(fresh, [things]), /newer Parlor.*0002-more/)
      await assert.rejects(migrate(fresh, [things, add, add]), /same id/)
      await fresh.close()
    })
  })
}
