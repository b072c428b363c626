import { useEffect, useState } from 'preact/hooks'
import { useApp, useTexts } from '../app-context.ts'

export type DialogName = 'invite' | 'settings' | 'leave'

export type Dialogs = {
  /** The open ones, the front one last. */
  open: readonly DialogName[]
  show(dialog: DialogName): void
  close(dialog: DialogName): void
}

/** The open dialogs of a room. One that the user may no longer open closes, and says why (rule W5). */
export function useDialogs(isOffered: (dialog: DialogName) => boolean): Dialogs {
  const { toasts } = useApp()
  const t = useTexts()
  const [all, setAll] = useState<readonly DialogName[]>([])
  const open = all.filter(isOffered)
  const isOneLost = open.length < all.length
  useEffect(() => {
    if (!isOneLost) return
    setAll(open)
    toasts.show({ text: t('error.forbidden'), failed: true })
  }, [isOneLost])
  const without = (others: readonly DialogName[], dialog: DialogName) => others.filter((other) => other !== dialog)
  return {
    open,
    show: (dialog) => setAll((others) => [...without(others, dialog), dialog]),
    close: (dialog) => setAll((others) => without(others, dialog)),
  }
}
