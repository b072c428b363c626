import './waiting-people.css'
import { useState } from 'preact/hooks'
import { useAllTexts, useApp } from '../../app-context.ts'
import { explain, failureOf } from '../../failure.ts'
import type { Person } from '../../ui/person/avatar.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { PersonLine } from './person-line.tsx'

/** The waiting room, for those who can let people in. */
export function WaitingPeople({ room_id, waiting }: { room_id: string; waiting: readonly Person[] }) {
  const { session, toasts } = useApp()
  const t = useAllTexts()
  const [answered, setAnswered] = useState<string | null>(null)
  const answer = async (action: 'rooms.admit' | 'rooms.deny', user_id: string) => {
    setAnswered(user_id)
    try {
      await session.parlor.call(action, { room_id, user_id })
    } catch (thrown) {
      toasts.show({ text: explain(t, failureOf(thrown).code), failed: true })
    } finally {
      setAnswered(null)
    }
  }
  return (
    <section class="waiting-people">
      <h3>{t('people.waiting')}</h3>
      <ul class="people">
        {waiting.map((person) => (
          <PersonLine key={person.id} person={person}>
            <div class="waiting-choices">
              <Button
                look="quiet-danger"
                disabled={answered === person.id}
                aria-label={t('people.deny_named', { name: person.name })}
                onClick={() => void answer('rooms.deny', person.id)}
              >
                {t('people.deny')}
              </Button>
              <Button
                look="primary"
                busy={answered === person.id}
                aria-label={t('people.admit_named', { name: person.name })}
                onClick={() => void answer('rooms.admit', person.id)}
              >
                {t('people.admit')}
              </Button>
            </div>
          </PersonLine>
        ))}
      </ul>
    </section>
  )
}
