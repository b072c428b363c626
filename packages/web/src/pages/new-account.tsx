import * as limits from '@parlor/client/limits'
import { useAllTexts } from '../app-context.ts'
import type { Failure } from '../failure.ts'
import type { Translate } from '../texts/texts.ts'
import { TextField } from '../ui/controls/field.tsx'

export type NewAccount = { username: string; email: string; password: string }

type NewAccountFieldsProps = {
  account: NewAccount
  onField: (field: keyof NewAccount, value: string) => void
  errorOf: (field: keyof NewAccount) => string | undefined
  /** Whether the name is asked for. */
  asksName?: boolean
}

/** The fields of a form that makes an account. */
export function NewAccountFields({ account, onField, errorOf, asksName = true }: NewAccountFieldsProps) {
  const t = useAllTexts()
  return (
    <>
      {asksName && (
        <TextField
          label={t('name.label')}
          hint={t('account.name_hint')}
          error={errorOf('username')}
          value={account.username}
          onValue={(value) => onField('username', value)}
          name="username"
          autocomplete="nickname"
          spellcheck={false}
          maxLength={limits.person_name}
        />
      )}
      <TextField
        type="email"
        label={t('auth.email')}
        error={errorOf('email')}
        value={account.email}
        onValue={(value) => onField('email', value)}
        name="email"
        autocomplete="email"
        maxLength={limits.email}
      />
      <TextField
        type="password"
        label={t('auth.password')}
        hint={t('auth.new_password_hint', { least: limits.password_min })}
        error={errorOf('password')}
        value={account.password}
        onValue={(value) => onField('password', value)}
        name="password"
        autocomplete="new-password"
        maxLength={limits.password}
      />
    </>
  )
}

type Problems = { [Field in keyof NewAccount]?: string }

export function problemsOf({ username, email, password }: NewAccount, t: Translate): Problems {
  return {
    ...(username.trim() === '' && { username: t('name.missing') }),
    ...(!/^\S+@\S+$/.test(email.trim()) && { email: t(email.trim() === '' ? 'auth.missing' : 'auth.email_bad') }),
    ...(password.length < limits.password_min && {
      password: t('auth.password_short', { least: limits.password_min }),
    }),
  }
}

/** What the server refused, by field. */
export function refusalsOf(failure: Failure | null, t: Translate): Problems {
  const isTaken = failure?.code === 'account_exists'
  if (!isTaken && failure?.code !== 'validation_error') return {}
  const about = (field: keyof NewAccount) => failure.fields.includes(field)
  return {
    ...(about('username') && { username: t(isTaken ? 'auth.taken_name' : 'auth.field_bad') }),
    ...(about('email') && { email: t(isTaken ? 'auth.taken_email' : 'auth.email_bad') }),
    ...(about('password') && { password: t('auth.field_bad') }),
  }
}
