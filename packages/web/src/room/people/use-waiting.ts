import type { Room } from '@parlor/client'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import type { Person } from '../../ui/person/avatar.tsx'
import { useStore } from '../../use-store.ts'

/** The people in the waiting room, oldest first; empty for users who may not know. `open` is the panel or dialog in front. */
export function useWaiting(room: Room, open: string | null, onShow: () => void): readonly Person[] {
  const records = useStore(room.records('waiting'))
  const waiting = useMemo(
    () =>
      [...records.values()]
        .toSorted((one, other) => one.value.since.localeCompare(other.value.since))
        .map(({ value }) => value.user),
    [records],
  )
  useKnock(waiting, open, onShow)
  return waiting
}

/**
 * Shows a toast for the last who came, while they wait: not over a dialog, and not beside the list of waiting people.
 */
function useKnock(waiting: readonly Person[], open: string | null, onShow: () => void): void {
  const { toasts } = useApp()
  const t = useTexts()
  const known = useRef<ReadonlySet<string>>(new Set())
  const told = useRef<{ id: string; toast: number } | null>(null)
  const withdraw = () => {
    if (told.current) toasts.close(told.current.toast)
    told.current = null
  }
  useEffect(() => {
    const ids = new Set(waiting.map(({ id }) => id))
    if (open || !ids.has(told.current?.id ?? '')) withdraw()
    // Who came while a dialog is open is shown once it has closed.
    if (open && open !== 'people') return
    const last = waiting.findLast(({ id }) => !known.current.has(id))
    known.current = ids
    if (!last || open) return
    withdraw()
    const text = t('people.waits', { name: last.name })
    told.current = { id: last.id, toast: toasts.show({ text, action: { label: t('people.show'), run: onShow } }) }
  }, [waiting, open])
  useEffect(() => withdraw, [])
}
