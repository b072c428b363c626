import type { Room } from '@parlor/client'
import { useEffect } from 'preact/hooks'
import { useApp, useTexts } from '../app-context.ts'
import { userStorage } from '../user-storage.ts'
import { useStore } from '../use-store.ts'

/**
 * Tells moderators once when very many wrong passwords were tried. Others do not get this record. `onSettings` is null for
 * a stand-in, who may not change the password.
 */
export function usePasswordNotice(room: Room, user_id: string, onSettings: (() => void) | null): void {
  const { toasts } = useApp()
  const t = useTexts()
  const at = useStore(room.records('notice')).get('passwords')?.value.at
  useEffect(() => {
    if (at === undefined) return
    const storage = userStorage(user_id)
    const name = `notice.${room.id}`
    if (storage.get(name) === at) return
    storage.set(name, at)
    const action = onSettings && { label: t('settings.title'), run: onSettings }
    toasts.show({ text: t('people.tries'), ...(action && { action }) })
  }, [room, at])
}
