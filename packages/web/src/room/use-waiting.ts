import type { Room } from '@parlor/client'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { useApp, useTexts } from '../app-context.ts'
import type { Person } from '../ui/avatar.tsx'
import { useStore } from './frames.ts'
import { personIn } from './person-in.ts'

/** Who waits to be let in, who came first first; nobody for those who may not know. */
export function useWaiting(room: Room, onShow: () => void): readonly Person[] {
  const { toasts } = useApp()
  const t = useTexts()
  const records = useStore(room.records('waiting'))
  const waiting = useMemo(
    () =>
      [...records.values()]
        .toSorted((a, b) => String(a.value['since']).localeCompare(String(b.value['since'])))
        .flatMap(({ value }) => personIn(value['user'])),
    [records],
  )
  const known = useRef<ReadonlySet<string>>(new Set())
  useEffect(() => {
    const last = waiting.findLast(({ id }) => !known.current.has(id))
    known.current = new Set(waiting.map(({ id }) => id))
    if (last)
      toasts.show({ text: t('people.waits', { name: last.name }), action: { label: t('people.show'), run: onShow } })
  }, [waiting])
  return waiting
}
