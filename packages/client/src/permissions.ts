import {
  moderatorRoles,
  permissions,
  removableRoles,
  type RoomRole,
  roomRoles,
  standIns,
} from './generated/permissions.generated.ts'
import type { RoomInfo } from './generated/shapes.generated.ts'

// What the server allows, so that an application does not offer what would be refused. The server decides.

export type { RoomRole }
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

/** Whether somebody with the first role may remove, or send out, somebody with the second. */
export function mayRemove(role: RoomRole, other: RoomRole): boolean {
  const others: readonly RoomRole[] = removableRoles[role]
  return others.includes(other)
}

/** Whether a role on the wire sees what only moderators see: who waits, bans, invitations. */
export const isModerator = (role: string): boolean => moderatorRoles.some((known) => known === role)
