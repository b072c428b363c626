import * as limits from '@parlor/client/limits'
import { useState } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { roomPath } from '../../router.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Choice, TextField } from '../../ui/controls/field.tsx'
import { Form } from '../../ui/controls/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Identify } from '../identify.tsx'

const accesses = ['invite', 'public', 'password'] as const
type Access = (typeof accesses)[number]
type Plan = { name: string; access: Access; password: string }

/**
 * Creates a room from a name and who can join. Somebody without a name is asked for it first. `headingId` is null where what
 * stands around it has the heading.
 */
export function CreateRoom({ headingId }: { headingId: string | null }) {
  const { session, router } = useApp()
  const t = useTexts()
  const [plan, setPlan] = useState<Plan>({ name: '', access: 'invite', password: '' })
  const [asking, setAsking] = useState(false)
  const create = useTask(async () => {
    const room = await session.parlor.rooms.create({
      name: plan.name.trim(),
      is_private: plan.access !== 'public',
      ...(plan.access === 'password' && { password: plan.password }),
    })
    router.go(roomPath(room.id))
  })
  return (
    <>
      {!asking && headingId !== null && <h2 id={headingId}>{t('landing.create')}</h2>}
      {create.failure && <Notice tone="danger">{explain(t, create.failure.code)}</Notice>}
      {asking ? (
        <Identify
          heading={(text) => <h2 id={headingId ?? undefined}>{text}</h2>}
          action={t('landing.create_button')}
          onDone={() => {
            setAsking(false)
            void create.run()
          }}
        />
      ) : (
        <PlanForm
          plan={plan}
          busy={create.busy}
          onPlan={setPlan}
          onSubmit={() => (session.me.get() ? void create.run() : setAsking(true))}
        />
      )}
    </>
  )
}

function PlanForm({
  plan,
  busy,
  onPlan,
  onSubmit,
}: {
  plan: Plan
  busy: boolean
  onPlan: (plan: Plan) => void
  onSubmit: () => void
}) {
  const t = useTexts()
  const [tried, setTried] = useState(false)
  const nameMissing = plan.name.trim() === ''
  const passwordMissing = plan.access === 'password' && plan.password.trim() === ''
  return (
    <Form
      onSubmit={() => {
        setTried(true)
        if (!nameMissing && !passwordMissing) onSubmit()
      }}
    >
      <TextField
        label={t('landing.room_name')}
        placeholder={t('landing.room_name_example')}
        error={tried && nameMissing ? t('landing.room_name_missing') : undefined}
        value={plan.name}
        onValue={(name) => onPlan({ ...plan, name })}
        autocomplete="off"
        maxLength={limits.room_name}
      />
      <Choice
        label={t('landing.access')}
        hint={t(`landing.access_${plan.access}_hint`)}
        value={plan.access}
        options={accesses.map((value) => ({ value, label: t(`landing.access_${value}`) }))}
        onValue={(access) => onPlan({ ...plan, access })}
      />
      {plan.access === 'password' && (
        <TextField
          type="password"
          label={t('landing.room_password')}
          error={tried && passwordMissing ? t('landing.room_password_missing') : undefined}
          value={plan.password}
          onValue={(password) => onPlan({ ...plan, password })}
          autocomplete="off"
          maxLength={limits.room_password}
        />
      )}
      <Button type="submit" look="primary" wide busy={busy}>
        {t('landing.create_button')}
      </Button>
    </Form>
  )
}
