import './gates.css'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useTexts, useTitle } from '../../app-context.ts'
import { explain } from '../../failure.ts'
import { Frame } from '../../pages/frame.tsx'
import { Button, ButtonLink } from '../../ui/controls/button.tsx'
import { TextField } from '../../ui/controls/field.tsx'
import { Form } from '../../ui/controls/form.tsx'
import type { IconName } from '../../ui/icon.tsx'
import { RoomSign } from '../../ui/room-sign.tsx'
import { useSecondsUntil } from '../connection/use-connection-notice.ts'
import { home } from '../../base-path.ts'

/** What each reason looks like; whether coming back to it later may help, and whether that is the likely way on. */
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

type GateProps = { name: string | null; code: string; busy: boolean; onRetry: () => void }

/** The page before a room that does not let one in: the reason, and a way on. */
export function Gate({ name, code, busy, onRetry }: GateProps) {
  const t = useTexts()
  const { icon, retry } = signs[code] ?? { icon: 'alert', retry: true }
  return (
    <GateFrame icon={icon} name={name} title={titleOf()}>
      <p>{explain(t, code)}</p>
      <div class="gate-ways">
        {retry === true && (
          <Button look="primary" icon="refresh" busy={busy} onClick={onRetry}>
            {t('ui.retry')}
          </Button>
        )}
        {code === 'account_or_invite_required' && (
          <ButtonLink href={`${home}account`} look="primary">
            {t('gate.to_account')}
          </ButtonLink>
        )}
        <ButtonLink href={home} look={retry === true || code === 'account_or_invite_required' ? 'plain' : 'primary'}>
          {t('gate.to_rooms')}
        </ButtonLink>
        {retry === 'ask' && (
          <Button look="quiet" busy={busy} onClick={onRetry}>
            {t('gate.ask_again')}
          </Button>
        )}
      </div>
    </GateFrame>
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
        return t(`gate.${code}`)
      default:
        return t('gate.other')
    }
  }
}

type PasswordProps = {
  name: string | null
  code: string
  /** Before then no password is looked at; null: now. */
  retry_at: number | null
  busy: boolean
  onPassword: (password: string) => void
}

/** Asks for the room's password, in place and until it is right. */
export function PasswordGate({ name, code, retry_at, busy, onPassword }: PasswordProps) {
  const t = useTexts()
  const seconds = useSecondsUntil(retry_at)
  const [password, setPassword] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (!busy) field.current?.focus()
  }, [code, busy])
  return (
    <GateFrame icon="key" name={name} title={t('gate.password')}>
      <Form onSubmit={() => password !== '' && seconds === null && onPassword(password)}>
        <TextField
          label={t('gate.password_label')}
          type="password"
          name="room-password"
          autocomplete="off"
          value={password}
          onValue={setPassword}
          error={busy ? undefined : errorOf()}
          inputRef={field}
        />
        <Button type="submit" look="primary" wide busy={busy} disabled={seconds !== null}>
          {t('name.enter')}
        </Button>
      </Form>
      <ButtonLink href={home} look="quiet">
        {t('gate.to_rooms')}
      </ButtonLink>
    </GateFrame>
  )

  function errorOf(): string | undefined {
    if (code === 'password_required') return undefined
    if (retry_at === null) return explain(t, code)
    return seconds === null ? undefined : t('gate.too_many_tries', { count: seconds })
  }
}

/** Nothing to do but wait; the page goes on by itself. */
export function WaitingGate({ name, onLeave }: { name: string | null; onLeave: () => void }) {
  const t = useTexts()
  return (
    <GateFrame icon="clock" name={name} title={t('gate.waiting')} live>
      <p>{t('gate.waiting_hint')}</p>
      <span class="breath" aria-hidden="true" />
      <Button look="quiet" onClick={onLeave}>
        {t('gate.stop_waiting')}
      </Button>
    </GateFrame>
  )
}

function GateFrame({
  icon,
  name,
  title,
  live = false,
  children,
}: {
  icon: IconName
  name: string | null
  title: string
  live?: boolean
  children: ComponentChildren
}) {
  useTitle(name === null ? title : `${title} · ${name}`)
  return (
    <Frame narrow>
      <div class="gate" role={live ? 'status' : undefined}>
        <RoomSign icon={icon} />
        {name !== null && (
          <p class="gate-room" dir="auto">
            {name}
          </p>
        )}
        <h1>{title}</h1>
        {children}
      </div>
    </Frame>
  )
}
