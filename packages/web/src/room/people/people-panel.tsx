import type { Room } from '@parlor/client'
import { type HostedRoom, may, type RoomRole, roomRoleOf } from '@parlor/client/permissions'
import { useState } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import { explain } from '../../failure.ts'
import type { Person } from '../../ui/person/avatar.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { SidePanel } from '../../ui/overlays/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'
import { BannedPeople } from './banned-people.tsx'
import { type Ask, askOf, ConfirmDialog } from './actions/confirm-action.tsx'
import { PersonLine } from './person-line.tsx'
import { deedsFor } from './actions/member-actions.ts'
import { inOrder } from './sort-people.ts'
import { useDeeds } from './actions/use-member-actions.ts'
import { useMembers } from './use-members.ts'
import { WaitingPeople } from './waiting-people.tsx'

type Props = {
  room: Room
  me: { user_id: string; role: RoomRole }
  info: HostedRoom
  present: readonly Person[]
  presentCount: number
  waiting: readonly Person[]
  /** Changes whenever roles or memberships do. */
  version: unknown
  onClose: () => void
}

/** Who is here, who else belongs to the room, and what one may do about it. */
export function PeoplePanel({ room, me, info, present, presentCount, waiting, version, onClose }: Props) {
  const t = useTexts()
  const { members, hasMore, busy, failure, more } = useMembers(room.id, version)
  const [asking, setAsking] = useState<Ask | null>(null)
  const deed = useDeeds(room.id)
  const roles = new Map(members.map(({ user, role }) => [user.id, role]))
  const here = new Set(present.map(({ id }) => id))
  const others = members.filter(({ user }) => !here.has(user.id))
  // Of a crowd the server tells the number alone: nobody is said to be away who may be here.
  const isCrowd = presentCount > present.length
  const line = (user: Person, role: string | undefined, isAway: boolean) => (
    <PersonLine
      key={user.id}
      person={user}
      role={user.id === info.host_id ? 'host' : role}
      isMe={user.id === me.user_id}
      isAway={isAway}
      deeds={role === undefined || user.id === me.user_id ? [] : deedsFor(me.role, roomRoleOf(info, user.id, role))}
      onDeed={(chosen) => {
        const ask = askOf(chosen, user)
        if (ask) setAsking(ask)
        else void deed(chosen, user)
      }}
    />
  )
  return (
    <SidePanel title={t('people.title')} onClose={onClose}>
      {may(me.role, 'admit') && waiting.length > 0 && <WaitingPeople room_id={room.id} waiting={waiting} />}
      <section>
        <h3>{t('people.present', { count: presentCount })}</h3>
        <ul class="people">
          {inOrder(present, roles, me.user_id).map((user) => line(user, roles.get(user.id), false))}
        </ul>
      </section>
      {others.length > 0 && (
        <section>
          <h3>{t(isCrowd ? 'people.members' : 'people.away')}</h3>
          <ul class="people">{others.map(({ user, role }) => line(user, role, !isCrowd))}</ul>
        </section>
      )}
      {failure && <Notice tone="danger">{explain(t, failure.code)}</Notice>}
      {hasMore && (
        <Button look="quiet" busy={busy} onClick={more}>
          {t('ui.more')}
        </Button>
      )}
      {may(me.role, 'remove') && <BannedPeople room={room} />}
      {asking && (
        <ConfirmDialog
          ask={asking}
          onClose={() => setAsking(null)}
          onConfirm={() => deed(asking.deed, asking.person)}
        />
      )}
    </SidePanel>
  )
}
