import { useEffect, useState } from 'preact/hooks'
import { useApp, useTexts } from '../app-context.ts'
import type { Panel } from './head.tsx'

export type Panels = {
  /** The open panels, the front one last: the people stay open behind a dialog. */
  open: readonly Panel[]
  /** Opens a panel, or closes it if it is open. */
  toggle(panel: Panel): void
  show(panel: Panel): void
  close(panel: Panel): void
}

/** The open panels of a room. One that the user may no longer open closes, and says why (rule W5). */
export function usePanels(isOffered: (panel: Panel) => boolean): Panels {
  const { toasts } = useApp()
  const t = useTexts()
  const [all, setAll] = useState<readonly Panel[]>([])
  const open = all.filter(isOffered)
  const isOneLost = open.length < all.length
  const close = (panel: Panel) => setAll((others) => others.filter((other) => other !== panel))
  const show = (panel: Panel) => setAll((others) => [...others.filter((other) => other !== panel), panel])
  useEffect(() => {
    if (!isOneLost) return
    setAll(open)
    toasts.show({ text: t('error.forbidden'), failed: true })
  }, [isOneLost])
  const showsPeople = open.includes('people')
  useEffect(() => {
    if (!showsPeople) return
    return () => {
      // A dialog gives the focus back by itself; the people take it with them if they had it.
      if (document.activeElement === document.body) document.getElementById('room-people')?.focus()
    }
  }, [showsPeople])
  return { open, show, close, toggle: (panel) => (open.includes(panel) ? close(panel) : show(panel)) }
}
