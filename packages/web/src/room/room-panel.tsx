import type { RoomInfo } from '@parlor/client'
import type { ComponentProps } from 'preact'
import { InviteDialog } from './invite/invite-dialog.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { SettingsDialog } from './settings/settings-dialog.tsx'
import type { DialogName } from './use-dialogs.ts'

export { DetailsPanel } from './details/details-panel.tsx'

type Props = Omit<ComponentProps<typeof LeaveDialog>, 'access'> & { dialog: DialogName; info: RoomInfo }

/** The dialog that is open; its code is loaded separately, so the room does not wait for it. */
export function RoomDialog({ dialog, info, room, role, onClose }: Props) {
  switch (dialog) {
    case 'invite':
      return <InviteDialog room={info} role={role} onClose={onClose} />
    case 'settings':
      return <SettingsDialog room={info} role={role} onClose={onClose} />
    case 'leave':
      return <LeaveDialog room={room} access={info.access} role={role} onClose={onClose} />
  }
}
