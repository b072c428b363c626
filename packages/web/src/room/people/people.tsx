import type { Room } from '@parlor/client'
import { type HostedRoom, may, type RoomRole, targetOf } from '@parlor/client/permissions'
import { useState } from 'preact/hooks'
import { useAllTexts } from '../../app-context.ts'
import { explain } from '../../failure.ts'
import type { Person } from '../../ui/person/avatar.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { BannedPeople } from './banned-people.tsx'
import { type Confirmation, confirmationFor, ConfirmDialog } from './actions/confirm-action.tsx'
import { PersonLine } from './person-line.tsx'
import { type MemberAction, memberActions } from './actions/member-actions.ts'
import { sortPeople } from './sort-people.ts'
import { useMemberActions } from './actions/use-member-actions.ts'
import { useMembers } from './use-members.ts'
import { WaitingPeople } from './waiting-people.tsx'

type Props = {
  room: Room
  me: { user_id: string; role: RoomRole }
  info: HostedRoom
  present: readonly Person[]
  presentCount: number
  waiting: readonly Person[]
  /** Another value whenever roles or memberships have changed. */
  version: unknown
}

/** Who is online, the other members, who waits, and what the user can do to each. */
export function People({ room, me, info, present, presentCount, waiting, version }: Props) {
  const t = useAllTexts()
  const { members, hasMore, busy, failure, more } = useMembers(room.id, version)
  const [confirming, setConfirming] = useState<Confirmation | null>(null)
  const runAction = useMemberActions(room.id)
  const roles = new Map(members.map(({ user, role }) => [user.id, role]))
  const here = new Set(present.map(({ id }) => id))
  const others = members.filter(({ user }) => !here.has(user.id))
  // In a large room the server sends only the number present, so nobody can be shown as offline.
  const isCrowd = presentCount > present.length
  const actionsOn = ({ id }: Person): readonly MemberAction[] => {
    const role = roles.get(id)
    return role === undefined || id === me.user_id ? [] : memberActions(me.role, targetOf(info, id, role))
  }
  const line = (user: Person, role: string | undefined, isOffline: boolean) => (
    <PersonLine
      key={user.id}
      person={user}
      role={user.id === info.host_id ? 'host' : role}
      isMe={user.id === me.user_id}
      isOffline={isOffline}
      actions={actionsOn(user)}
      onAction={(chosen) => {
        const confirmation = confirmationFor(chosen, user)
        if (confirmation) setConfirming(confirmation)
        else void runAction(chosen, user)
      }}
    />
  )
  return (
    <>
      {may(me.role, 'admit') && waiting.length > 0 && <WaitingPeople room_id={room.id} waiting={waiting} />}
      <section>
        <h3>{t('people.present', { count: presentCount })}</h3>
        <ul class="people">
          {sortPeople(present, roles, me.user_id).map((user) => line(user, roles.get(user.id), false))}
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
      {confirming && (
        <ConfirmDialog
          confirmation={confirming}
          isAllowed={actionsOn(confirming.person).includes(confirming.action)}
          onClose={() => setConfirming(null)}
          onConfirm={() => runAction(confirming.action, confirming.person)}
        />
      )}
    </>
  )
}
