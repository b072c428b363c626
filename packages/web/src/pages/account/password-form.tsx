import * as limits from '@parlor/client/limits'
import { useState } from 'preact/hooks'
import { useAllTexts, useApp } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { Button } from '../../ui/controls/button.tsx'
import { TextField } from '../../ui/controls/field.tsx'
import { Form } from '../../ui/controls/form.tsx'
import { Notice } from '../../ui/notice.tsx'

const least = limits.password_min

/** Changes the password, which signs out all other devices. */
export function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const { session, toasts } = useApp()
  const t = useAllTexts()
  const [old, setOld] = useState('')
  const [next, setNext] = useState('')
  const [tried, setTried] = useState(false)
  const task = useTask(async () => {
    const { revoked } = await session.parlor.auth.changePassword({ old_password: old, new_password: next })
    setOld('')
    setNext('')
    setTried(false)
    onChanged()
    toasts.show({ text: t('account.password_changed', { count: revoked }) })
  })
  const code = task.failure?.code
  const isShort = next.length < least
  return (
    <Form
      onSubmit={() => {
        setTried(true)
        if (old !== '' && !isShort) void task.run()
      }}
    >
      {code !== undefined && code !== 'invalid_password' && code !== 'validation_error' && (
        <Notice tone="danger">{explain(t, code)}</Notice>
      )}
      <TextField
        type="password"
        label={t('account.current_password')}
        error={code === 'invalid_password' ? explain(t, code) : tried && old === '' ? t('auth.missing') : undefined}
        value={old}
        onValue={setOld}
        autocomplete="current-password"
        maxLength={limits.password}
      />
      <TextField
        type="password"
        label={t('account.new_password')}
        hint={`${t('auth.new_password_hint', { least })} ${t('account.password_hint')}`}
        error={
          code === 'validation_error'
            ? t('auth.field_bad')
            : tried && isShort
              ? t('auth.password_short', { least })
              : undefined
        }
        value={next}
        onValue={setNext}
        autocomplete="new-password"
        maxLength={limits.password}
      />
      <div>
        <Button type="submit" busy={task.busy}>
          {t('account.change_password')}
        </Button>
      </div>
    </Form>
  )
}
