import * as limits from '@parlor/client/limits'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useAllTexts, useApp } from '../app-context.ts'
import { explain, failureOf, useTask } from '../failure.ts'
import type { Route } from '../router.ts'
import { Button } from '../ui/controls/button.tsx'
import { TextField } from '../ui/controls/field.tsx'
import { Form } from '../ui/controls/form.tsx'
import { Notice } from '../ui/notice.tsx'
import { useMaySignUp } from './use-may-sign-up.ts'
import { type NewAccount, NewAccountFields, problemsOf, refusalsOf } from './new-account.tsx'

/** Renders the form's heading, which depends on where it is shown. */
export type Heading = (text: string) => ComponentChildren

/** Forms to sign in and, where that is allowed, to create an account; each links to the other. */
export function AccountForms({ heading, onDone }: { heading: Heading; onDone?: (() => void) | undefined }) {
  const t = useAllTexts()
  const [form, setForm] = useState<'sign_in' | 'sign_up'>('sign_in')
  const isSignIn = form === 'sign_in'
  const may = useMaySignUp()
  return (
    <div class="stack">
      {heading(t(isSignIn ? 'auth.sign_in' : 'auth.sign_up'))}
      {isSignIn ? <SignInForm onDone={onDone} /> : <SignUpForm onDone={onDone} />}
      {(may === 'yes' || !isSignIn) && (
        <Button look="quiet" onClick={() => setForm(isSignIn ? 'sign_up' : 'sign_in')}>
          {t(isSignIn ? 'auth.to_sign_up' : 'auth.to_sign_in')}
        </Button>
      )}
      {(may === 'invite' || may === 'closed') && <p class="soft small">{t(`auth.sign_up_${may}`)}</p>}
    </div>
  )
}

function SignInForm({ onDone }: { onDone: (() => void) | undefined }) {
  const { session } = useApp()
  const t = useAllTexts()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const task = useTask(async () => {
    await session.parlor.auth.login({ email: email.trim(), password })
    onDone?.()
  })
  const ready = email.trim() !== '' && password !== ''
  return (
    <Form
      onSubmit={() => {
        setTried(true)
        if (ready) void task.run()
      }}
    >
      {task.failure && <Notice tone="danger">{explain(t, task.failure.code)}</Notice>}
      <TextField
        label={t('auth.login')}
        error={tried && email.trim() === '' ? t('auth.missing') : undefined}
        value={email}
        onValue={setEmail}
        name="email"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        maxLength={limits.email}
      />
      <TextField
        type="password"
        label={t('auth.password')}
        error={tried && password === '' ? t('auth.missing') : undefined}
        value={password}
        onValue={setPassword}
        name="password"
        autocomplete="current-password"
        maxLength={limits.password}
      />
      <Button type="submit" look="primary" wide busy={task.busy}>
        {t('auth.sign_in')}
      </Button>
    </Form>
  )
}

/**
 * A guest who signs up keeps their identity. `username` is their current name: another is asked for only if an account
 * cannot have it.
 */
export function SignUpForm({ username, onDone }: { username?: string; onDone: (() => void) | undefined }) {
  const { session, router } = useApp()
  const t = useAllTexts()
  const [written, setWritten] = useState({ username: '', email: '', password: '' })
  const [asksName, setAsksName] = useState(username === undefined)
  const account: NewAccount = { ...written, username: asksName ? written.username : (username ?? '') }
  const [tried, setTried] = useState(false)
  const task = useTask(async () => {
    await register()
    onDone?.()
  })
  /** Shows the field for the name once the server has refused the current one. */
  async function register(): Promise<void> {
    try {
      const { email, password } = account
      const named = { username: account.username.trim(), email: email.trim(), password }
      await session.parlor.auth.register({ ...named, ...invitedBy(router.route.get()) })
    } catch (thrown) {
      if (!asksName && failureOf(thrown).fields.includes('username')) {
        setWritten({ ...account })
        setAsksName(true)
      }
      throw thrown
    }
  }
  const missing = tried ? problemsOf(account, t) : {}
  const refused = refusalsOf(task.failure, t)
  const errorOf = (field: keyof NewAccount) => missing[field] ?? refused[field]
  const change = (field: keyof NewAccount, value: string) => {
    setWritten({ ...account, [field]: value })
    task.clear()
  }
  return (
    <Form
      onSubmit={() => {
        setTried(true)
        if (Object.keys(problemsOf(account, t)).length === 0) void task.run()
      }}
    >
      {task.failure && Object.keys(refused).length === 0 && (
        <Notice tone="danger">{explain(t, task.failure.code)}</Notice>
      )}
      <NewAccountFields account={account} onField={change} errorOf={errorOf} asksName={asksName} />
      <Button type="submit" look="primary" wide busy={task.busy}>
        {t('auth.sign_up')}
      </Button>
    </Form>
  )
}

/** Where only invited people may make an account, the link by which one came counts. */
const invitedBy = (route: Route) =>
  route.page === 'room' && route.invite !== null ? { invite: { room_id: route.room_id, code: route.invite } } : {}
