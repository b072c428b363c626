import { sql } from 'kysely'
import { lookalikeKeysOf, lookalikeVersion } from '../../../core/text/lookalike-keys.ts'
import type { Database, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import type { IdentityTables } from '../tables.ts'

/** Accounts per transaction. */
const pageSize = 200

/**
 * Computes the look-alike keys of accounts that lack those of this version: accounts of earlier releases, or of an earlier
 * confusables table. Of two names that look alike the older account owns the key; both keep their names, and no new
 * account may take it (rule A13).
 */
export async function prepareLookalikeKeys(db: Database): Promise<void> {
  const queries = createQueries<IdentityTables>(db.dialect)
  const of = (num: number) =>
    queries
      .selectFrom('users')
      .select(['num', 'username'])
      .where('num', '>', num)
      .where(({ eb, lit }) => eb('guest', '=', lit(0)))
      .where('deleted_at', 'is', null)
      .where(({ or, eb }) => or([eb('look_key', 'is', null), eb('look_key', 'not like', `${lookalikeVersion}%`)]))
      .orderBy('num')
      .limit(pageSize)
      .compile()

  function keep(num: number, username: string) {
    const { look_key, shown_key } = lookalikeKeysOf(username)
    const alike = queries
      .selectFrom('users as others')
      .select('others.num')
      .where('others.num', '<>', num)
      .where(({ or, eb }) => or([eb('others.look_key', '=', look_key), eb('others.shown_key', '=', shown_key)]))
    return queries
      .updateTable('users')
      .set({ look_key, shown_key, look_shared: sql<0 | 1>`CASE WHEN EXISTS ${alike} THEN 1 ELSE 0 END` })
      .where('num', '=', num)
      .where('username', '=', username)
      .compile()
  }

  for (let after = 0, full = true; full; ) {
    const page = await db.all<Row & { num: number; username: string }>(of(after))
    if (page.length > 0) await db.write(page.map(({ num, username }) => keep(num, username)))
    after = page.at(-1)?.num ?? after
    full = page.length === pageSize
  }
}
