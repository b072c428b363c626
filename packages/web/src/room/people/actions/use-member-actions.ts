import { useApp, useTexts } from '../../../app-context.ts'
import { explain, failureOf } from '../../../failure.ts'
import type { Person } from '../../../ui/person/avatar.tsx'
import type { Deed } from './member-actions.ts'

/** Does it, and says so, or why not. */
export function useDeeds(room_id: string): (deed: Deed, person: Person) => Promise<void> {
  const { session, toasts } = useApp()
  const t = useTexts()
  const run = (deed: Deed, user_id: string): Promise<unknown> => {
    const { call } = session.parlor
    switch (deed) {
      case 'make_cohost':
        return call('rooms.setRole', { room_id, user_id, role: 'cohost' })
      case 'make_member':
        return call('rooms.setRole', { room_id, user_id, role: 'member' })
      case 'make_host':
        return call('rooms.setRole', { room_id, user_id, role: 'host' })
      case 'remove':
      case 'send_out':
        return call('rooms.removeMember', { room_id, user_id })
      case 'ban':
        return call('rooms.removeMember', { room_id, user_id, ban: true })
    }
  }
  return async (deed, person) => {
    try {
      await run(deed, person.id)
      toasts.show({ text: t(`deed.${deed}_done`, { name: person.name }) })
    } catch (thrown) {
      toasts.show({ text: explain(t, failureOf(thrown).code), failed: true })
    }
  }
}
