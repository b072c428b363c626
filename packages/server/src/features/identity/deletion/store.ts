import type { Expression } from 'kysely'
import type { UserRef } from '../../../core/caller.ts'
import type { Database, Query, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import type { IdentityTables } from '../tables.ts'

/** The progress of the deletion of one user, between two parts. */
export type Deletion = {
  user: UserRef
  /** Where the current pass continues; null: at its start. */
  position: string | null
  /** Whether this pass has found nothing so far. */
  clean: boolean
  /** Passes that have ended. */
  passes: number
}

type DeletionRow = Row & {
  user_num: number
  user_id: string
  due_at: number
  position: string | null
  clean: number
  passes: number
}

/** `begin` belongs in the transaction that deletes the user. `when`: only if this query has a row. */
export function createDeletionQueries(dialect: Database['dialect']) {
  const queries = createQueries<IdentityTables>(dialect)
  return {
    begin: ({ num, id }: UserRef, due_at: number, when: Expression<unknown>): Query =>
      queries
        .insertInto('account_deletions')
        .columns(['user_num', 'user_id', 'due_at', 'clean', 'passes'])
        .expression((select) =>
          select
            .selectFrom('users')
            .where('users.num', '=', num)
            .where(({ exists }) => exists(when))
            .select(({ val, lit }) => [
              'users.num',
              val(id).as('user_id'),
              val(due_at).as('due_at'),
              lit(1).as('clean'),
              lit(0).as('passes'),
            ]),
        )
        .onConflict((conflict) => conflict.column('user_num').doNothing())
        .compile(),
  }
}

export type DeletionStore = ReturnType<typeof createDeletionStore>

/** The unfinished deletions: any node may continue one, and no two nodes work on the same at once. */
export function createDeletionStore(db: Database) {
  const queries = createQueries<IdentityTables>(db.dialect)
  const deletions = queries.selectFrom('account_deletions').selectAll()

  return {
    /** Leases to this node, until `until`, the deletion that has been due longest; null: none is due, or another node took it. */
    async claim(now: number, until: number): Promise<Deletion | null> {
      const [row] = await db.all<DeletionRow>(deletions.where('due_at', '<=', now).orderBy('due_at').limit(1).compile())
      if (!row) return null
      const claim = queries
        .updateTable('account_deletions')
        .set({ due_at: until })
        .where('user_num', '=', row.user_num)
        .where('due_at', '=', row.due_at)
        .returning('user_num')
      const [claimed] = await db.write([claim.compile()])
      return claimed?.length === 1 ? deletionOf(row) : null
    },

    /** Stores the progress after a part; the next part is due at `due_at`. */
    async goOn({ user, position, clean, passes }: Deletion, due_at: number): Promise<void> {
      const update = queries
        .updateTable('account_deletions')
        .set({ position, clean: clean ? 1 : 0, passes, due_at })
        .where('user_num', '=', user.num)
      await db.write([update.compile()])
    },

    async finish({ num }: UserRef): Promise<void> {
      await db.write([queries.deleteFrom('account_deletions').where('user_num', '=', num).compile()])
    },
  }
}

const deletionOf = ({ user_num: num, user_id: id, position, clean, passes }: DeletionRow): Deletion => ({
  ...{ user: { num, id }, position, clean: clean === 1, passes },
})
