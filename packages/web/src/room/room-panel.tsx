import type { RoomInfo } from '@parlor/client'
import type { ComponentProps } from 'preact'
import type { Panel } from './head.tsx'
import { InviteDialog } from './invite/invite-dialog.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { roleIn } from './may.ts'
import { PeoplePanel } from './people/people-panel.tsx'
import { SettingsDialog } from './settings/settings-dialog.tsx'

type Props = Omit<ComponentProps<typeof PeoplePanel>, 'owner_id'> & { panel: Panel; info: RoomInfo }

/** What opens beside the conversation or over it; loaded apart, for the conversation does not wait for it. */
export function RoomPanel({ panel, info, ...people }: Props) {
  const { room, onClose } = people
  const { owner_id } = info
  const me = { ...people.me, role: roleIn(owner_id, people.me.user_id, people.me.role) }
  switch (panel) {
    case 'people':
      return <PeoplePanel {...people} me={me} owner_id={owner_id} />
    case 'invite':
      return <InviteDialog room={info} role={me.role} onClose={onClose} />
    case 'settings':
      return <SettingsDialog room={info} role={me.role} onClose={onClose} />
    case 'leave':
      return <LeaveDialog room={room} role={me.role} onClose={onClose} />
  }
}
