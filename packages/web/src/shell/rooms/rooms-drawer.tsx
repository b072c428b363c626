import './rooms-drawer.css'
import { useEffect } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { RoomsColumn } from './rooms-column.tsx'

/** The rooms over the page, where they have no column. Opening one closes it. */
export function RoomsDrawer({
  room_id,
  onCreate,
  onClose,
}: Parameters<typeof RoomsColumn>[0] & { onClose: () => void }) {
  const t = useTexts()
  const { router } = useApp()
  useEffect(() => router.route.subscribe(onClose), [])
  return (
    <div class="rooms-drawer">
      <Dialog title={t('rail.rooms')} onClose={onClose}>
        <RoomsColumn room_id={room_id} onCreate={onCreate} />
      </Dialog>
    </div>
  )
}
