import * as limits from '@parlor/client/limits'
import { useState } from 'preact/hooks'
import { useAllTexts, useApp } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import type { Me } from '../../session.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { TextField } from '../../ui/controls/field.tsx'
import { Form } from '../../ui/controls/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Section } from './section.tsx'
import { basePath } from '../../base-path.ts'

/** Signing out and deleting the account; both say first what will be lost. */
export function LeaveSection({ me }: { me: Me }) {
  const { session, toasts, router } = useApp()
  const t = useAllTexts()
  const [asked, setAsked] = useState<'sign_out' | 'delete' | null>(null)
  const leave = useTask(async () => {
    await session.leave(({ auth }) => auth.logout())
    toasts.show({ text: t('account.signed_out') })
    router.go(basePath)
  })
  return (
    <Section title={t('account.leave')}>
      {leave.failure && <Notice tone="danger">{explain(t, leave.failure.code)}</Notice>}
      <div class="row">
        <Button icon="sign-out" busy={leave.busy} onClick={() => (me.guest ? setAsked('sign_out') : void leave.run())}>
          {t('account.sign_out')}
        </Button>
        <Button look="quiet-danger" onClick={() => setAsked('delete')}>
          {t(me.guest ? 'account.delete_guest' : 'account.delete')}
        </Button>
      </div>
      {asked === 'sign_out' && (
        <Dialog
          title={t('account.sign_out_guest_title')}
          onClose={() => setAsked(null)}
          foot={
            <>
              <Button onClick={() => setAsked(null)}>{t('ui.cancel')}</Button>
              <Button look="danger" busy={leave.busy} onClick={() => void leave.run()}>
                {t('account.sign_out')}
              </Button>
            </>
          }
        >
          <p>{t('account.sign_out_guest')}</p>
        </Dialog>
      )}
      {asked === 'delete' && <DeleteDialog me={me} onClose={() => setAsked(null)} />}
    </Section>
  )
}

function DeleteDialog({ me, onClose }: { me: Me; onClose: () => void }) {
  const { session, toasts, router } = useApp()
  const t = useAllTexts()
  const [password, setPassword] = useState('')
  const task = useTask(async () => {
    await session.leave(({ auth }) => auth.deleteAccount(me.guest ? {} : { password }))
    toasts.show({ text: t(me.guest ? 'account.deleted_guest' : 'account.deleted') })
    router.go(basePath)
  })
  const code = task.failure?.code
  const isWrong = code === 'invalid_password'
  return (
    <Dialog title={t(me.guest ? 'account.delete_guest_title' : 'account.delete_title')} onClose={onClose}>
      <Form
        onSubmit={() => {
          if (me.guest || password !== '') void task.run()
        }}
      >
        <p>{t('account.delete_what')}</p>
        {code !== undefined && !isWrong && <Notice tone="danger">{explain(t, code)}</Notice>}
        {!me.guest && (
          <TextField
            type="password"
            label={t('auth.password')}
            error={isWrong ? explain(t, code) : undefined}
            value={password}
            onValue={setPassword}
            autocomplete="current-password"
            maxLength={limits.password}
          />
        )}
        <div class="row end">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" look="danger" busy={task.busy} disabled={!me.guest && password === ''}>
            {t('account.delete_confirm')}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}
