import {
  changeable,
  moderatorRoles,
  permissions,
  removable,
  type RoomRole,
  roomRoles,
  type RoomTarget,
  standIns,
} from './generated/permissions.generated.ts'
import type { RoomInfo } from './generated/shapes.generated.ts'

// What the server allows, so that an application does not offer what would be refused. The server decides.

export type { RoomRole, RoomTarget }
export type Permission = keyof typeof permissions

/** Of a room, who owns and who hosts it; an older server does not tell the last. */
export type HostedRoom = Pick<RoomInfo, 'owner_id' | 'host_id'> & Partial<Pick<RoomInfo, 'host_rights'>>

/** What a member is by the table of permissions; `role` is the one that the member has on the wire. */
export function roomRoleOf(
  { owner_id, host_id, host_rights = 'all' }: HostedRoom,
  user_id: string,
  role: string,
): RoomRole {
  if (user_id === owner_id) return 'owner'
  if (role === 'sent_out') return role
  if (user_id === host_id) return standIns[host_rights]
  return roomRoles.find((known) => known === role) ?? 'guest'
}

export function may(role: RoomRole, permission: Permission): boolean {
  const who: readonly RoomRole[] = permissions[permission]
  return who.includes(role)
}

/**
 * What a member is to someone who acts on them; `role` is the one that the member has on the wire. Not always their role
 * in the table of permissions: a co-host who stands in for the owner is `hosting`.
 */
export function targetOf(room: HostedRoom, user_id: string, role: string): RoomTarget {
  if (user_id === room.host_id) return 'hosting'
  const own = roomRoleOf(room, user_id, role)
  return own === 'host' || own === 'guest_host' ? 'hosting' : own
}

/** Whether someone with the role may remove, or send out, the target. */
export function mayRemove(role: RoomRole, target: RoomTarget): boolean {
  const whom: readonly RoomTarget[] = removable[role]
  return whom.includes(target)
}

/** Whether someone with the role may make the target a co-host, or take that role back. */
export function mayChangeRole(role: RoomRole, target: RoomTarget): boolean {
  const whom: readonly RoomTarget[] = changeable[role]
  return whom.includes(target)
}

/** Whether a role on the wire sees what only moderators see: who waits, bans, invitations. */
export const isModerator = (role: string): boolean => moderatorRoles.some((known) => known === role)
