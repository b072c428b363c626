import type { RoomInfo } from '@parlor/client'
import { may, type RoomRole } from '@parlor/client/permissions'
import type { Panel } from './head.tsx'

/** Into a room of invitations alone; every other one lets in by its own address. */
export const mayInvite = (role: RoomRole, access: RoomInfo['access']): boolean =>
  may(role, 'invite') || access !== 'invite'

/** Whether the panel is offered to the user (rule W5). */
export function mayOpen(panel: Panel, role: RoomRole, access: RoomInfo['access']): boolean {
  switch (panel) {
    case 'people':
      return true
    case 'invite':
      return mayInvite(role, access)
    case 'settings':
      return may(role, 'settings')
    case 'leave':
      return may(role, 'leave')
  }
}
