import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from '../../app-context.ts'

/**
 * Opens a dialog for as long as its component is rendered. Back closes it by `onClose`; the focus returns to where it was.
 */
export function useModal(onClose: () => void): RefObject<HTMLDialogElement | null> {
  const { router } = useApp()
  const dialog = useRef<HTMLDialogElement>(null)
  const close = useRef(onClose)
  close.current = onClose
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    const closed = router.openOverlay(() => close.current())
    return () => {
      closed()
      // Closing restores the focus; removing an open dialog does not.
      element?.close()
    }
  }, [])
  return dialog
}
