import type { Database, Row } from '../../platform/db/database.ts'
import { userJoins } from '../identity/identity.ts'

type Shown = Row & { num: number; avatar_url: string | null }

/** Who has which picture, as the database has it now: profiles that a node keeps may be older. */
export const createPicturesStore = ({ dialect, all }: Database) => ({
  /** Pictures of these users by num, of those who have one. */
  async ofUsers(nums: readonly number[]): Promise<ReadonlyMap<number, string>> {
    if (nums.length === 0) return new Map()
    const query = userJoins(dialect).users.where('num', 'in', nums).where('deleted_at', 'is', null)
    const found = await all<Shown>(query.where('avatar_url', 'is not', null).compile())
    return new Map(found.map(({ num, avatar_url }) => [num, avatar_url ?? '']))
  },
})
