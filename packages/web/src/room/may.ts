import type { RoomInfo } from '@parlor/client'
import { may, type RoomRole } from '@parlor/client/permissions'
import type { DialogName } from './use-dialogs.ts'

/** Whether the dialog is offered to the user (rule W5). Into a room that is not of invitations alone, its address lets in. */
export function mayOpen(dialog: DialogName, role: RoomRole, access: RoomInfo['access']): boolean {
  return dialog === 'invite' && access !== 'invite' ? true : may(role, dialog)
}
