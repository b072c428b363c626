import * as limits from '@parlor/client/limits'
import { useState } from 'preact/hooks'
import '../account/account-page.css'
import { useAllTexts, useApp, useTitle } from '../../app-context.ts'
import { basePath } from '../../base-path.ts'
import { explain, useTask } from '../../failure.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Choice, TextField } from '../../ui/controls/field.tsx'
import { Form } from '../../ui/controls/form.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Section } from '../account/section.tsx'
import { Frame } from '../frame.tsx'
import { type NewAccount, NewAccountFields, problemsOf, refusalsOf } from '../new-account.tsx'

const registrations = ['open', 'invite', 'closed'] as const

/** Where the first administrator sets the server up. `token` comes with the address that the server prints. */
export function SetupPage({ token }: { token: string | null }) {
  const t = useAllTexts()
  useTitle(t('setup.title'))
  return (
    <Frame>
      <div class="account">
        <h1>{t('setup.title')}</h1>
        {token === null ? <Notice tone="plain">{t('setup.no_token')}</Notice> : <SetupForm token={token} />}
      </div>
    </Frame>
  )
}

function SetupForm({ token }: { token: string }) {
  const { session, router, toasts } = useApp()
  const t = useAllTexts()
  const [account, setAccount] = useState<NewAccount>({ username: '', email: '', password: '' })
  const [server_name, setName] = useState('Parlor')
  const [registration, setRegistration] = useState<(typeof registrations)[number]>('open')
  const [guests, setGuests] = useState(true)
  const [lobby, setLobby] = useState(true)
  const [tried, setTried] = useState(false)
  const task = useTask(async () => {
    const named = { username: account.username.trim(), email: account.email.trim(), password: account.password }
    await session.parlor.auth.setUp({
      ...{ token, ...named, server_name: server_name.trim(), registration, guests, lobby },
    })
    toasts.show({ text: t('setup.done') })
    router.go(basePath)
  })
  const nameMissing = server_name.trim() === '' ? t('auth.missing') : undefined
  const problems = problemsOf(account, t)
  const refused = refusalsOf(task.failure, t)
  const errorOf = (field: keyof NewAccount) => (tried ? problems[field] : undefined) ?? refused[field]
  return (
    <Form
      onSubmit={() => {
        setTried(true)
        if (Object.keys(problems).length === 0 && !nameMissing) void task.run()
      }}
    >
      <Section title={t('setup.server')} hint={t('setup.server_hint')}>
        <TextField
          label={t('setup.name')}
          error={tried ? nameMissing : undefined}
          value={server_name}
          onValue={setName}
          name="server_name"
          autocomplete="off"
          maxLength={limits.person_name}
        />
      </Section>
      <Section title={t('setup.account')} hint={t('setup.account_hint')}>
        <NewAccountFields
          account={account}
          onField={(field, value) => {
            setAccount({ ...account, [field]: value })
            task.clear()
          }}
          errorOf={errorOf}
        />
      </Section>
      <Section title={t('setup.who')} hint={t('setup.who_hint')}>
        <Choice
          label={t('setup.registration')}
          value={registration}
          options={registrations.map((value) => ({ value, label: t(`setup.registration_${value}`) }))}
          onValue={setRegistration}
        />
        <Switch label={t('setup.guests')} hint={t('setup.guests_hint')} checked={guests} onChecked={setGuests} />
        <Switch label={t('setup.lobby')} hint={t('setup.lobby_hint')} checked={lobby} onChecked={setLobby} />
        {task.failure && Object.keys(refused).length === 0 && (
          <Notice tone="danger">{explain(t, task.failure.code)}</Notice>
        )}
        <Button type="submit" look="primary" wide busy={task.busy}>
          {t('setup.submit')}
        </Button>
      </Section>
    </Form>
  )
}
