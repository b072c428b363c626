import { useAllTexts } from '../../app-context.ts'
import { basePath } from '../../base-path.ts'
import { explain } from '../../failure.ts'
import { Button, ButtonLink } from '../../ui/controls/button.tsx'
import type { IconName } from '../../ui/icon.tsx'
import type { TileRoom } from '../../ui/room-tile.tsx'
import { EntryFrame } from './entry-frame.tsx'

/**
 * The icon of each reason, and whether to offer another try: as the main action (true), as a second one ('ask'), or
 * not.
 */
const signs: Readonly<Record<string, { icon: IconName; retry: boolean | 'ask' }>> = {
  invite_required: { icon: 'link', retry: false },
  account_or_invite_required: { icon: 'key', retry: 'ask' },
  invite_invalid: { icon: 'link', retry: false },
  room_full: { icon: 'people', retry: true },
  room_locked: { icon: 'lock', retry: true },
  banned: { icon: 'door', retry: false },
  denied: { icon: 'door', retry: 'ask' },
  removed: { icon: 'door', retry: 'ask' },
  sent_out: { icon: 'door', retry: true },
  room_closed: { icon: 'door', retry: false },
  not_found: { icon: 'door', retry: false },
}

type RefusedProps = { room: TileRoom; code: string; busy: boolean; onRetry: () => void }

/** Says why the user cannot join, and what they can do. */
export function Refused({ room, code, busy, onRetry }: RefusedProps) {
  const t = useAllTexts()
  const { icon, retry } = signs[code] ?? { icon: 'alert', retry: true }
  const hasWayIn = retry !== false || code === 'account_or_invite_required'
  return (
    <EntryFrame icon={icon} room={room} title={titleOf()}>
      <p>{explain(t, code)}</p>
      <div class="gate-ways">
        {retry === true && (
          <Button look="primary" icon="refresh" wide busy={busy} onClick={onRetry}>
            {t('ui.retry')}
          </Button>
        )}
        {code === 'account_or_invite_required' && (
          <ButtonLink href={`${basePath}account`} look="primary" wide>
            {t('entry.to_account')}
          </ButtonLink>
        )}
        {retry === 'ask' && code !== 'account_or_invite_required' && (
          <Button look="primary" wide busy={busy} onClick={onRetry}>
            {t('entry.ask_again')}
          </Button>
        )}
        <ButtonLink href={basePath} look={hasWayIn ? 'quiet' : 'primary'} wide={!hasWayIn}>
          {t('entry.to_rooms')}
        </ButtonLink>
      </div>
    </EntryFrame>
  )

  function titleOf(): string {
    switch (code) {
      case 'invite_required':
      case 'account_or_invite_required':
      case 'invite_invalid':
      case 'room_full':
      case 'room_locked':
      case 'banned':
      case 'denied':
      case 'removed':
      case 'sent_out':
      case 'room_closed':
      case 'not_found':
        return t(`entry.${code}`)
      default:
        return t('entry.other')
    }
  }
}
