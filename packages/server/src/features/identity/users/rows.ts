import type { Profile } from '../../../core/caller.ts'
import { ownPicture } from '../../../core/picture-url.ts'
import type { TellUnreadable } from '../../../core/stored.ts'
import { unknownName } from '../../../room/people.ts'
import type { ProfileRow } from '../tables.ts'

export type NumberedProfile = { num: number; profile: Profile }

/** Well above what any release accepted as a name: a longer one would be sent with every message of its user. */
const longestName = 1_000

/** Reads rows of users that any release wrote, and broken ones (rules P3, P4). */
export type ReadUser = (row: ProfileRow) => NumberedProfile

export const createReadUser =
  (tell: TellUnreadable): ReadUser =>
  ({ num, id, username, guest, avatar_url: stored }) => {
    const isNamed = username.length <= longestName && username.trim() !== ''
    const isKnownKind = guest === 0 || guest === 1
    if (!isNamed) tell({ kind: 'profile', row: `user ${num}`, why: 'username: none, or too long' })
    if (!isKnownKind) tell({ kind: 'profile', row: `user ${num}`, why: 'guest: neither 0 nor 1' })
    const avatar_url = ownPicture(stored)
    return { num, profile: { id, name: isNamed ? username : unknownName, avatar_url, guest: guest !== 0 } }
  }
