import './banned-people.css'
import type { Room } from '@parlor/client'
import { useAllTexts, useApp } from '../../app-context.ts'
import { explain, failureOf } from '../../failure.ts'
import type { Person } from '../../ui/person/avatar.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { useStore } from '../../use-store.ts'
import { PersonLine } from './person-line.tsx'

/** The ban list, collapsed, for moderators. */
export function BannedPeople({ room }: { room: Room }) {
  const { session, toasts } = useApp()
  const t = useAllTexts()
  const banned = [...useStore(room.records('ban')).values()].map(({ value }) => value.user)
  const unban = async ({ id, name }: Person) => {
    try {
      await session.parlor.call('rooms.unban', { room_id: room.id, user_id: id })
      toasts.show({ text: t('people.unbanned', { name }) })
    } catch (thrown) {
      toasts.show({ text: explain(t, failureOf(thrown).code), failed: true })
    }
  }
  if (banned.length === 0) return null
  return (
    <details class="banned">
      <summary>{t('people.banned', { count: banned.length })}</summary>
      <ul class="people">
        {banned.map((person) => (
          <PersonLine key={person.id} person={person} isOffline>
            <Button
              look="quiet"
              aria-label={t('people.unban_named', { name: person.name })}
              onClick={() => void unban(person)}
            >
              {t('people.unban')}
            </Button>
          </PersonLine>
        ))}
      </ul>
    </details>
  )
}
