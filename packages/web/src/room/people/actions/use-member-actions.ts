import { useAllTexts, useApp } from '../../../app-context.ts'
import { explain, failureOf } from '../../../failure.ts'
import type { Person } from '../../../ui/person/avatar.tsx'
import type { MemberAction } from './member-actions.ts'

/** Runs an action and shows its result as a toast. */
export function useMemberActions(room_id: string): (action: MemberAction, person: Person) => Promise<void> {
  const { session, toasts } = useApp()
  const t = useAllTexts()
  const run = (action: MemberAction, user_id: string): Promise<unknown> => {
    const { call } = session.parlor
    switch (action) {
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
  return async (action, person) => {
    try {
      await run(action, person.id)
      toasts.show({ text: t(`member_action.${action}_done`, { name: person.name }) })
    } catch (thrown) {
      toasts.show({ text: explain(t, failureOf(thrown).code), failed: true })
    }
  }
}
