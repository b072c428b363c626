import './beginning.css'
import type { RoomInfo } from '@parlor/client'
import type { RoomRole } from '@parlor/client/permissions'
import { useTexts } from '../../app-context.ts'
import { Button } from '../../ui/controls/button.tsx'
import { hueOf, RoomTile } from '../../ui/room-tile.tsx'
import { RoomLink } from './room-link.tsx'

type Props = {
  info: RoomInfo
  role: RoomRole
  /** Whether nobody has said anything yet. */
  isEmpty: boolean
  /** Opens the invitations; null: the user may not invite. */
  invite: { open: () => void; approach: () => void } | null
}

/** Above the first message of a room; in an empty one alone, with what to start with. */
export function Beginning({ info, role, isEmpty, invite }: Props) {
  const t = useTexts()
  return (
    <div class="beginning" data-empty={isEmpty || undefined} style={hueOf(info.id)}>
      <RoomTile room={info} size="l" />
      <h2 dir="auto">{isEmpty ? info.name : t('room.begins', { name: info.name })}</h2>
      {isEmpty && <p>{t('room.begins_hint')}</p>}
      {isEmpty && invite && (
        <div class="beginning-ways">
          <RoomLink room={info} role={role} />
          <Button icon="person-plus" onPointerEnter={invite.approach} onFocus={invite.approach} onClick={invite.open}>
            {t('invite.title')}
          </Button>
        </div>
      )}
    </div>
  )
}
