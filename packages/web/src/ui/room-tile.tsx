import './room-tile.css'
import { Icon, type IconName } from './icon.tsx'
import { Picture } from './picture.tsx'

/** The tile of a room: its picture, or an icon that says who can join. */
export function RoomTile({ icon, picture }: { icon: IconName; picture?: string | null | undefined }) {
  return (
    <span class="room-tile">
      <Icon name={icon} />
      <Picture url={picture} />
    </span>
  )
}
