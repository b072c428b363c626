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

// The server's permissions, so that an application does not offer what would be refused. The server decides.

export type { RoomRole, RoomTarget }
export type Permission = keyof typeof permissions

/** The owner and host of a room; older servers do not send `host_rights`. */
export type HostedRoom = Pick<RoomInfo, 'owner_id' | 'host_id'> & Partial<Pick<RoomInfo, 'host_rights'>>

/** A member's role in the table of permissions; `role` is their role on the wire. */
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
 * The target role of a member for actions on them; `role` is their role on the wire. It can differ from the role in the
 * table of permissions: a co-host who stands in for the owner is `hosting`.
 */
export function targetOf(room: HostedRoom, user_id: string, role: string): RoomTarget {
  if (user_id === room.host_id) return 'hosting'
  const own = roomRoleOf(room, user_id, role)
  return own === 'host' || own === 'guest_host' ? 'hosting' : own
}

/** Whether someone with the role may remove the target or send them out. */
export function mayRemove(role: RoomRole, target: RoomTarget): boolean {
  const whom: readonly RoomTarget[] = removable[role]
  return whom.includes(target)
}

/** Whether someone with the role may make the target a co-host, or revoke that. */
export function mayChangeRole(role: RoomRole, target: RoomTarget): boolean {
  const whom: readonly RoomTarget[] = changeable[role]
  return whom.includes(target)
}

/** Whether a role on the wire sees what only moderators see: waiting users, bans, invitations. */
export const isModerator = (role: string): boolean => moderatorRoles.some((known) => known === role)
