import type { RoomInfo } from '@parlor/client'
import { may, type RoomRole } from '@parlor/client/permissions'

/** Into a room of invitations alone; every other one lets in by its own address. */
export const mayInvite = (role: RoomRole, access: RoomInfo['access']): boolean =>
  may(role, 'invite') || access !== 'invite'
