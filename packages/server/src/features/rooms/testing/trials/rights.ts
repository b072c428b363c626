import type { Permission } from '../../permissions/permissions.ts'
import { roomPermissions } from '../../permissions/room-permissions.ts'
import type { Part, Set } from '../../../../../../../test/harness/trials/cast.ts'

/**
 * The role of a user in the permission table. The host of these rooms owns them; stand-ins, who take over only after 30 s,
 * are tested in the rooms feature, with a fake clock (rule HO5).
 */
export function roleOf(part: Part) {
  if (part === 'host') return 'owner'
  if (part === 'cohost' || part === 'member' || part === 'guest' || part === 'anonymous') return part
  return part === 'target' ? 'member' : 'non_member'
}

export const isMember = (part: Part) => !['non_member', 'anonymous'].includes(roleOf(part))

/** Expected from the server's own table: roles that it names are allowed, others are refused. */
export const by = (permission: Permission) => (part: Part) => {
  if (permission.who.includes(roleOf(part))) return true
  if (part === 'anonymous') return 'not_authenticated'
  return isMember(part) ? 'forbidden' : 'not_a_member'
}

/** These rooms have a waiting room, so public ones are read like private ones. */
export const reading = by(roomPermissions.read_private)
export const signedIn = (part: Part) => (part === 'anonymous' ? 'not_authenticated' : true)
export const membersOnly = (part: Part) => {
  if (part === 'anonymous') return 'not_authenticated'
  return isMember(part) ? true : 'not_a_member'
}

export const inRoom = ({ room_id }: Set) => ({ room_id })
