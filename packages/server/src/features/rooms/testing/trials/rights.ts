import type { Permission } from '../../permissions.ts'
import { roomPermissions } from '../../room-permissions.ts'
import type { Part, Set } from '../../../../../../../test/harness/cast.ts'

/**
 * Which row of the permission table someone falls under. The host of these rooms owns them; who stands in for an owner,
 * which takes half a minute, is held to the table beside the rooms feature, where time is moved (rule HO5).
 */
export function roleOf(part: Part) {
  if (part === 'host') return 'owner'
  if (part === 'cohost' || part === 'member' || part === 'guest' || part === 'nobody') return part
  return part === 'target' ? 'member' : 'outsider'
}

export const isMember = (part: Part) => !['outsider', 'nobody'].includes(roleOf(part))

/** By the server's own table: those whom it names may, others are told what they lack. */
export const by = (permission: Permission) => (part: Part) => {
  if (permission.who.includes(roleOf(part))) return true
  if (part === 'nobody') return 'not_authenticated'
  return isMember(part) ? 'forbidden' : 'not_a_member'
}

/** These rooms have a waiting room: the public ones are read like private ones. */
export const reading = by(roomPermissions.read_private)
export const signedIn = (part: Part) => (part === 'nobody' ? 'not_authenticated' : true)
export const membersOnly = (part: Part) => {
  if (part === 'nobody') return 'not_authenticated'
  return isMember(part) ? true : 'not_a_member'
}

export const inRoom = ({ room_id }: Set) => ({ room_id })
