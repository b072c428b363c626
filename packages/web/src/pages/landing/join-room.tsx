import { useState } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import { roomPathFrom } from '../../router.ts'
import { Button } from '../../ui/controls/button.tsx'
import { TextField } from '../../ui/controls/field.tsx'
import { Form } from '../../ui/controls/form.tsx'

/** Joins a room by a pasted link. */
export function JoinRoom({ headingId }: { headingId: string }) {
  const { router } = useApp()
  const t = useTexts()
  const [pasted, setPasted] = useState('')
  const [bad, setBad] = useState(false)
  return (
    <>
      <h2 id={headingId}>{t('landing.join')}</h2>
      <Form
        onSubmit={() => {
          const path = roomPathFrom(pasted)
          if (path === null) setBad(true)
          else router.go(path)
        }}
      >
        <TextField
          label={t('landing.join_label')}
          error={bad ? t(pasted.trim() === '' ? 'landing.join_empty' : 'landing.join_bad') : undefined}
          value={pasted}
          onValue={(value) => {
            setPasted(value)
            setBad(false)
          }}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          end={<Button type="submit">{t('landing.join_button')}</Button>}
        />
      </Form>
    </>
  )
}
