import './waiting-room.css'
import { useAllTexts } from '../../app-context.ts'
import { Button } from '../../ui/controls/button.tsx'
import type { TileRoom } from '../../ui/room-tile.tsx'
import { EntryFrame } from './entry-frame.tsx'

/** Shown until a host lets the user in; the room then opens by itself. */
export function WaitingRoom({ room, onLeave }: { room: TileRoom; onLeave: () => void }) {
  const t = useAllTexts()
  return (
    <EntryFrame icon="clock" room={room} title={t('entry.waiting')} live>
      <p>{t('entry.waiting_hint')}</p>
      <span class="waiting-pulse" aria-hidden="true" />
      <Button look="quiet" onClick={onLeave}>
        {t('entry.stop_waiting')}
      </Button>
    </EntryFrame>
  )
}
