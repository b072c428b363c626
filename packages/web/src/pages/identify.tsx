import * as limits from '@parlor/client/limits'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp, useTexts } from '../app-context.ts'
import { explain, failureOf, useTask } from '../failure.ts'
import { Button } from '../ui/controls/button.tsx'
import { TextField } from '../ui/controls/field.tsx'
import { Form } from '../ui/controls/form.tsx'
import { Notice } from '../ui/notice.tsx'
import type { Heading } from './account-forms.tsx'
import { Loaded } from './loaded.tsx'

const loadForms = () => import('./account-forms.tsx')

/** Asks for a name, or to sign in. `action` is the label of the button that continues. */
export function Identify({ heading, action, onDone }: { heading: Heading; action: string; onDone?: () => void }) {
  const t = useTexts()
  const [way, setWay] = useState<'name' | 'account' | 'account_only'>('name')
  if (way === 'name')
    return (
      <>
        {heading(t('name.heading'))}
        <NameForm action={action} onDone={onDone} onAccount={(only) => setWay(only ? 'account_only' : 'account')} />
      </>
    )
  return (
    <div class="stack">
      {way === 'account_only' && <Notice>{t('name.guests_off')}</Notice>}
      <Loaded inline load={loadForms}>
        {({ AccountForms }) => <AccountForms heading={heading} onDone={onDone} />}
      </Loaded>
      {way === 'account' && (
        <Button look="quiet" onClick={() => setWay('name')}>
          {t('name.as_guest')}
        </Button>
      )}
    </div>
  )
}

function NameForm({
  action,
  onDone,
  onAccount,
}: {
  action: string
  onDone: (() => void) | undefined
  onAccount: (only: boolean) => void
}) {
  const { session } = useApp()
  const t = useTexts()
  const [name, setName] = useState('')
  const [missing, setMissing] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const task = useTask(async () => {
    try {
      await session.parlor.auth.guest({ name: name.trim() })
    } catch (thrown) {
      if (failureOf(thrown).code !== 'guests_not_allowed') throw thrown
      return onAccount(true)
    }
    onDone?.()
  })
  const error = missing ? t('name.missing') : task.failure ? explain(t, task.failure.code) : undefined
  return (
    <Form
      onSubmit={() => {
        setMissing(name.trim() === '')
        if (name.trim() !== '') void task.run()
      }}
    >
      <TextField
        label={t('name.label')}
        hint={t('name.hint')}
        error={error}
        value={name}
        onValue={(value) => {
          setName(value)
          setMissing(false)
        }}
        name="name"
        autocomplete="nickname"
        autocapitalize="words"
        spellcheck={false}
        maxLength={limits.person_name}
        inputRef={field}
      />
      <Button type="submit" look="primary" wide busy={task.busy}>
        {action}
      </Button>
      <Button look="quiet" onClick={() => onAccount(false)}>
        {t('name.have_account')}
      </Button>
    </Form>
  )
}
