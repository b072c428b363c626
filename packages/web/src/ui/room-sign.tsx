import './room-sign.css'
import { Icon, type IconName } from './icon.tsx'

/** The tile that stands for a room, with an icon that says how one gets in. */
export function RoomSign({ icon }: { icon: IconName }) {
  return (
    <span class="room-sign">
      <Icon name={icon} />
    </span>
  )
}
