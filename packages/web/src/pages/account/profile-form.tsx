import * as limits from '@parlor/client/limits'
import { useState } from 'preact/hooks'
import { useAllTexts, useApp } from '../../app-context.ts'
import { explain, type Failure, useTask } from '../../failure.ts'
import type { Me } from '../../session.ts'
import type { Translate } from '../../texts/texts.ts'
import { Button } from '../../ui/controls/button.tsx'
import { TextField } from '../../ui/controls/field.tsx'
import { Form } from '../../ui/controls/form.tsx'
import { Notice } from '../../ui/notice.tsx'

const untouched = { username: null, email: null }

/** Name and email. Changing the email needs the password, since it gives access to the account. */
export function ProfileForm({ me }: { me: Me }) {
  const { session, toasts } = useApp()
  const t = useAllTexts()
  // Null until the user types: until then the fields follow the profile.
  const [written, setWritten] = useState<{ username: string | null; email: string | null }>(untouched)
  const username = written.username ?? me.username
  const email = written.email ?? me.email ?? ''
  const [password, setPassword] = useState('')
  const newName = username.trim() !== me.username
  const newEmail = !me.guest && email.trim() !== (me.email ?? '')
  const task = useTask(async () => {
    await session.parlor.auth.updateMe({
      ...(newName && { username: username.trim() }),
      ...(newEmail && { email: email.trim(), password }),
    })
    setWritten(untouched)
    setPassword('')
    toasts.show({ text: t('account.saved') })
  })
  const errors = errorsOf(task.failure, t)
  return (
    <Form
      onSubmit={() => {
        if (newName || newEmail) void task.run()
      }}
    >
      {errors.form && <Notice tone="danger">{errors.form}</Notice>}
      <TextField
        label={t('account.name')}
        hint={t('account.name_hint')}
        error={username.trim() === '' ? t('name.missing') : errors.username}
        value={username}
        onValue={(value) => setWritten({ ...written, username: value })}
        autocomplete="nickname"
        spellcheck={false}
        maxLength={limits.person_name}
      />
      {!me.guest && (
        <TextField
          type="email"
          label={t('auth.email')}
          error={errors.email}
          value={email}
          onValue={(value) => setWritten({ ...written, email: value })}
          autocomplete="email"
          maxLength={limits.email}
        />
      )}
      {newEmail && (
        <TextField
          type="password"
          label={t('account.current_password')}
          hint={t('account.email_change_hint')}
          error={errors.password}
          value={password}
          onValue={setPassword}
          autocomplete="current-password"
          maxLength={limits.password}
        />
      )}
      <div>
        <Button
          type="submit"
          look="primary"
          busy={task.busy}
          disabled={!(newName || newEmail) || username.trim() === '' || (newEmail && password === '')}
        >
          {t('ui.save')}
        </Button>
      </div>
    </Form>
  )
}

type Errors = { form?: string; username?: string; email?: string; password?: string }

/** The error of each field; an error about no field is shown above the form. */
function errorsOf(failure: Failure | null, t: Translate): Errors {
  if (!failure) return {}
  const { code, fields } = failure
  if (code === 'invalid_password') return { password: explain(t, code) }
  if (code === 'account_exists')
    return fields.includes('email') ? { email: t('auth.taken_email') } : { username: t('auth.taken_name') }
  if (code === 'validation_error' && fields.includes('email')) return { email: t('auth.email_bad') }
  if (code === 'validation_error' && fields.includes('username')) return { username: t('auth.field_bad') }
  return { form: explain(t, code) }
}
