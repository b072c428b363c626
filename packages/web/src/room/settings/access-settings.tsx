import * as limits from '@parlor/client/limits'
import { useState } from 'preact/hooks'
import { useAllTexts } from '../../app-context.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Choice, TextField } from '../../ui/controls/field.tsx'
import { Form } from '../../ui/controls/form.tsx'
import { type Access, accessChanges, type Changes, type SettingsRoom } from './changes.ts'

const ways: readonly Access[] = ['invite', 'public', 'password']

/** Who can join. A password is never shown again once it is saved. */
export function AccessSettings({
  room,
  busy,
  onChange,
}: {
  room: SettingsRoom
  busy: boolean
  onChange: (changes: Changes) => void
}) {
  const t = useAllTexts()
  const [access, setAccess] = useState(room.access)
  const [password, setPassword] = useState('')
  const asksPassword = access === 'password'
  const isNew = asksPassword ? password.trim() !== '' : access !== room.access
  return (
    <Form
      onSubmit={() => {
        if (!isNew) return
        onChange(accessChanges(access, password))
        setPassword('')
      }}
    >
      <Choice
        label={t('landing.access')}
        hint={t(`landing.access_${access}_hint`)}
        value={access}
        options={ways.map((value) => ({ value, label: t(`landing.access_${value}`) }))}
        onValue={setAccess}
      />
      {asksPassword && (
        <TextField
          label={room.access === 'password' ? t('settings.new_password') : t('landing.room_password')}
          type="password"
          name="new-room-password"
          autocomplete="off"
          maxLength={limits.room_password}
          value={password}
          onValue={setPassword}
        />
      )}
      {(isNew || (asksPassword && room.access !== 'password')) && (
        <Button type="submit" busy={busy} disabled={!isNew}>
          {t('ui.save')}
        </Button>
      )}
    </Form>
  )
}
