import { useEffect, useRef, useState } from 'preact/hooks'
import { useAllTexts } from '../../app-context.ts'
import { basePath } from '../../base-path.ts'
import { explain } from '../../failure.ts'
import { Button, ButtonLink } from '../../ui/controls/button.tsx'
import { TextField } from '../../ui/controls/field.tsx'
import { Form } from '../../ui/controls/form.tsx'
import type { TileRoom } from '../../ui/room-tile.tsx'
import { useSecondsUntil } from '../connection/use-connection-notice.ts'
import { EntryFrame } from './entry-frame.tsx'

type PasswordProps = {
  room: TileRoom
  code: string
  /** Until when no password is accepted, in ms; null if one is. */
  retry_at: number | null
  busy: boolean
  onPassword: (password: string) => void
}

/** Asks for the room's password until it is right. */
export function PasswordQuestion({ room, code, retry_at, busy, onPassword }: PasswordProps) {
  const t = useAllTexts()
  const seconds = useSecondsUntil(retry_at)
  const [password, setPassword] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (!busy) field.current?.focus()
  }, [code, busy])
  return (
    <EntryFrame icon="key" room={room} title={t('entry.password')}>
      <Form onSubmit={() => password !== '' && seconds === null && onPassword(password)}>
        <TextField
          label={t('entry.password_label')}
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
      <ButtonLink href={basePath} look="quiet">
        {t('entry.to_rooms')}
      </ButtonLink>
    </EntryFrame>
  )

  function errorOf(): string | undefined {
    if (code === 'password_required') return undefined
    if (retry_at === null) return explain(t, code)
    return seconds === null ? undefined : t('entry.too_many_tries', { count: seconds })
  }
}
