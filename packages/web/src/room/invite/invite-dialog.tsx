import './invite-dialog.css'
import { may, type RoomRole } from '@parlor/client/permissions'
import { useEffect, useState } from 'preact/hooks'
import { useAllTexts, useApp, useDates } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { roomPath } from '../../router.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { usualLifetime } from './invite-to-show.ts'
import { holds, type Invite, type Lifetime, lifetimes, linkToShow } from './lifetime.ts'
import { Share } from './share.tsx'

type Room = { id: string; name: string; access: 'public' | 'password' | 'invite'; settings: { waiting: boolean } }
type Props = { room: Room; role: RoomRole; onClose: () => void }

/** Shows the link to share: the room's address where that is enough to join, else an invite link. */
export function InviteDialog({ room, role, onClose }: Props) {
  const t = useAllTexts()
  const address = new URL(roomPath(room.id), location.origin).href
  return (
    <Dialog title={t('invite.title')} onClose={onClose}>
      {may(role, 'invite') && room.access !== 'public' ? (
        <Invitations room={room} />
      ) : room.access === 'invite' ? (
        <p>{t('invite.ask_host')}</p>
      ) : (
        <>
          <p class="soft">{t(`invite.hint_${room.access}`)}</p>
          {room.settings.waiting && <p class="soft">{t('invite.waits')}</p>}
          <Share url={address} room={room.name} />
        </>
      )}
    </Dialog>
  )
}

/** Invite links of a room that is not public: one to share, a form for a new one, and the active ones. */
function Invitations({ room }: { room: Room }) {
  const { session, toasts } = useApp()
  const t = useAllTexts()
  const [invites, setInvites] = useState<readonly Invite[]>([])
  const [shown, setShown] = useState<Invite | null>(null)
  const [lifetime, setLifetime] = useState<Lifetime>(usualLifetime)
  const make = async (chosen: Lifetime) => {
    const made = await session.parlor.call('rooms.invite', { room_id: room.id, expires_in: lifetimes[chosen] })
    setInvites((before) => [made, ...before])
    setShown(made)
  }
  const open = useTask(async () => {
    const { items } = await session.parlor.call('rooms.invites', { room_id: room.id })
    setInvites(items)
    const present = linkToShow(items, Date.now())
    if (present) setShown(present)
    else await make(lifetime)
  })
  const renew = useTask(make)
  const revoke = useTask(async (invite: Invite) => {
    await session.parlor.call('rooms.revokeInvite', { room_id: room.id, invite_id: invite.id })
    setInvites((before) => before.filter(({ id }) => id !== invite.id))
    if (shown?.id === invite.id) setShown(null)
    toasts.show({ text: t('invite.revoked') })
  })
  useEffect(() => void open.run(), [])
  const failure = open.failure ?? renew.failure ?? revoke.failure
  return (
    <>
      <p class="soft">{t(room.settings.waiting ? 'invite.hint_no_wait' : 'invite.hint_invite')}</p>
      {failure && <Notice tone="danger">{explain(t, failure.code)}</Notice>}
      {open.busy && <Spinner label={t('app.loading')} />}
      {shown && <Share url={new URL(shown.url, location.origin).href} room={room.name} />}
      <div class="invite-new">
        <Select
          label={t('invite.lifetime')}
          value={lifetime}
          options={lifetimeNames.map((value) => ({ value, label: t(`invite.lifetime_${value}`) }))}
          onValue={setLifetime}
        />
        <Button busy={renew.busy} onClick={() => void renew.run(lifetime)}>
          {t('invite.new')}
        </Button>
      </div>
      <Links
        invites={invites.filter((invite) => holds(invite, Date.now()))}
        busy={revoke.busy}
        onRevoke={(invite) => void revoke.run(invite)}
      />
    </>
  )
}

const lifetimeNames: readonly Lifetime[] = ['hour', 'day', 'week', 'forever']

function Links({
  invites,
  busy,
  onRevoke,
}: {
  invites: readonly Invite[]
  busy: boolean
  onRevoke: (invite: Invite) => void
}) {
  const t = useAllTexts()
  const dates = useDates()
  if (invites.length === 0) return null
  return (
    <section>
      <h3>{t('invite.links')}</h3>
      <ul class="invite-links">
        {invites.map((invite) => (
          <li key={invite.id}>
            <span class="invite-link small">
              <span>
                {invite.expires_at === null
                  ? t('invite.no_end')
                  : t('invite.until', { when: dates.full(invite.expires_at) })}
              </span>
              <span class="soft">
                {invite.uses === 0 ? t('invite.unused') : t('invite.uses', { count: invite.uses })}
              </span>
            </span>
            <Button look="quiet-danger" disabled={busy} onClick={() => onRevoke(invite)}>
              {t('invite.revoke')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
