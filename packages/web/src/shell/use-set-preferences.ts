import type { PreferenceChanges } from '@parlor/client/feed'
import { useApp } from '../app-context.ts'
import { explain, failureOf } from '../failure.ts'

/** Changes what a user has set for themselves in a room; why it could not be stored is told. */
export function useSetPreferences(): (room_id: string, changes: PreferenceChanges) => Promise<void> {
  const { session, toasts, texts } = useApp()
  return async (room_id, changes) => {
    try {
      await session.feed().setPreferences(room_id, changes)
    } catch (thrown) {
      toasts.show({ text: explain(texts.t, failureOf(thrown).code), failed: true })
    }
  }
}
