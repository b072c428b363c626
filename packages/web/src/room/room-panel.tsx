import type { RoomInfo } from '@parlor/client'
import type { ComponentProps } from 'preact'
import type { Panel } from './head.tsx'
import { DetailsPanel } from './details/details-panel.tsx'
import { InviteDialog } from './invite/invite-dialog.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { SettingsDialog } from './settings/settings-dialog.tsx'

type Props = Omit<ComponentProps<typeof DetailsPanel>, 'info'> & { panel: Panel; info: RoomInfo }

/** The panel that is open; its code is loaded separately, so the conversation does not wait for it. */
export function RoomPanel({ panel, info, ...people }: Props) {
  const { room, me, onClose } = people
  switch (panel) {
    case 'people':
      return <DetailsPanel {...people} info={info} />
    case 'invite':
      return <InviteDialog room={info} role={me.role} onClose={onClose} />
    case 'settings':
      return <SettingsDialog room={info} role={me.role} onClose={onClose} />
    case 'leave':
      return <LeaveDialog room={room} access={info.access} role={me.role} onClose={onClose} />
  }
}
