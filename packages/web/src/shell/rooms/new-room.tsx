import { useEffect } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import { CreateRoom } from '../../pages/landing/create-room.tsx'
import { Dialog } from '../../ui/overlays/dialog.tsx'

/** Creates a room from the column. It closes when the new room, or another page, is opened. */
export function NewRoom({ onClose }: { onClose: () => void }) {
  const t = useTexts()
  const { router } = useApp()
  useEffect(() => router.route.subscribe(onClose), [])
  return (
    <Dialog title={t('landing.create')} onClose={onClose}>
      <CreateRoom headingId={null} />
    </Dialog>
  )
}
