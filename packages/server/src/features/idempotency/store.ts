import type { Claim } from '../../core/action.ts'
import type { Cell, Database, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import type { Projector, RowsStatement } from '../../room/types.ts'
import type { IdempotencyTables } from './tables.ts'

/** Keys kept of one user; newer ones replace the oldest (rule IK4). */
const keptPerUser = 1000

export type UsedKey = Row & Omit<IdempotencyTables['idempotency_keys'], 'user_id' | 'key'>

export function createIdempotencyStore(db: Database) {
  const queries = createQueries<IdempotencyTables>(db.dialect)
  return {
    async find({ user_id, key }: Claim): Promise<UsedKey | null> {
      const query = queries
        .selectFrom('idempotency_keys')
        .select(['action', 'content_hash', 'resource', 'at'])
        .where('user_id', '=', user_id)
        .where('key', '=', key)
      const [row] = await db.all<UsedKey>(query.compile())
      return row ?? null
    },

    /** Deletes keys that were used at this time or before. */
    async prune(before: number): Promise<void> {
      await db.write([queries.deleteFrom('idempotency_keys').where('at', '<=', before).compile()])
    },
  }
}

const insert: RowsStatement = {
  ...{ key: 2, again: 'refuse' },
  sqlite: 'INSERT INTO idempotency_keys (user_id, key, action, content_hash, resource, at) VALUES (?, ?, ?, ?, ?, ?)',
  postgres: `INSERT INTO idempotency_keys (user_id, key, action, content_hash, resource, at)
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])`,
}

const trim: RowsStatement = {
  ...{ key: 1, again: 'last' },
  sqlite: `DELETE FROM idempotency_keys WHERE user_id = ?1 AND at <=
           (SELECT at FROM idempotency_keys WHERE user_id = ?1 ORDER BY at DESC LIMIT 1 OFFSET ${keptPerUser})`,
  postgres: `DELETE FROM idempotency_keys AS k USING unnest($1::text[]) AS given (owner)
             WHERE k.user_id = given.owner AND k.at <=
             (SELECT o.at FROM idempotency_keys o WHERE o.user_id = given.owner ORDER BY o.at DESC LIMIT 1 OFFSET ${keptPerUser})`,
}

/** Stores each key with the id of what was created under it: rule IK3. */
export const claimProjector: Projector = (applied) => {
  const rows: Cell[][] = []
  for (const each of applied) {
    if (each.kind !== 'claimed') continue
    const { user_id, key, action, content_hash } = each.claim
    rows.push([user_id, key, action, content_hash, each.resource, each.at])
  }
  if (rows.length === 0) return []
  return [
    { statement: insert, rows },
    { statement: trim, rows: rows.map(([user]) => [user ?? null]) },
  ]
}
