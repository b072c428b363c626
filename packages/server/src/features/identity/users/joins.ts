import type { Database } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import type { IdentityTables } from '../tables.ts'

/** Users as other features join them with tables of their own (rule FE8): a subquery, which both databases flatten. */
export const userJoins = (dialect: Database['dialect']) => ({
  users: createQueries<IdentityTables>(dialect)
    .selectFrom('users')
    .select(['num', 'id', 'username', 'deleted_at', 'avatar_url']),
})
