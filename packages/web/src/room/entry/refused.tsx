import { useAllTexts } from '../../app-context.ts'
import { basePath } from '../../base-path.ts'
import { explain } from '../../failure.ts'
import { Button, ButtonLink } from '../../ui/controls/button.tsx'
import type { IconName } from '../../ui/icon.tsx'
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

type RefusedProps = { name: string | null; code: string; busy: boolean; onRetry: () => void }

/** Says why the user cannot join, and what they can do. */
export function Refused({ name, code, busy, onRetry }: RefusedProps) {
  const t = useAllTexts()
  const { icon, retry } = signs[code] ?? { icon: 'alert', retry: true }
  return (
    <EntryFrame icon={icon} name={name} title={titleOf()}>
      <p>{explain(t, code)}</p>
      <div class="entry-actions">
        {retry === true && (
          <Button look="primary" icon="refresh" busy={busy} onClick={onRetry}>
            {t('ui.retry')}
          </Button>
        )}
        {code === 'account_or_invite_required' && (
          <ButtonLink href={`${basePath}account`} look="primary">
            {t('entry.to_account')}
          </ButtonLink>
        )}
        <ButtonLink
          href={basePath}
          look={retry === true || code === 'account_or_invite_required' ? 'plain' : 'primary'}
        >
          {t('entry.to_rooms')}
        </ButtonLink>
        {retry === 'ask' && (
          <Button look="quiet" busy={busy} onClick={onRetry}>
            {t('entry.ask_again')}
          </Button>
        )}
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
