import './room-tile.css'
import { Icon, type IconName } from './icon.tsx'

/** The tile of a room, with an icon that says who can join. */
export function RoomTile({ icon }: { icon: IconName }) {
  return (
    <span class="room-tile">
      <Icon name={icon} />
    </span>
  )
}
