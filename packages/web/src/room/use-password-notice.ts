import type { Room } from '@parlor/client'
import { useEffect } from 'preact/hooks'
import { useApp, useTexts } from '../app-context.ts'
import { keptOf } from '../user-storage.ts'
import { useStore } from '../use-store.ts'

/** Tells moderators, once each time, that very many wrong passwords were tried; others have no such record. */
export function useNotice(room: Room, user_id: string, onShow: () => void): void {
  const { toasts } = useApp()
  const t = useTexts()
  const at = useStore(room.records('notice')).get('passwords')?.value.at
  useEffect(() => {
    if (at === undefined) return
    const kept = keptOf(user_id)
    const name = `notice.${room.id}`
    if (kept.get(name) === at) return
    kept.set(name, at)
    toasts.show({ text: t('people.tries'), action: { label: t('settings.title'), run: onShow } })
  }, [room, at])
}
