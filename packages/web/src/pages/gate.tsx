import './gate.css'
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Mark } from '../ui/mark.tsx'
import { hueOf, RoomTile, type TileRoom } from '../ui/room-tile.tsx'
import { Frame } from './frame.tsx'

type Props = {
  /** The room behind the gate, its name null where that may not be known; none: the gate stands instead of a page. */
  room?: TileRoom
  /** Above the room's name. */
  over?: string
  /** Why the gate is closed. */
  icon?: IconName
  /** Its content is announced when it changes. */
  live?: boolean
  /** A heading, what to know, and one clear way on. */
  children: ComponentChildren
}

/** A card in the middle of the page: what stands in front of a room, or instead of a page. */
export function Gate({ room, over, icon, live = false, children }: Props) {
  return (
    <Frame narrow>
      <div class="gate" role={live ? 'status' : undefined} style={room && hueOf(room.id)}>
        <div class="gate-top" data-room={room !== undefined || undefined}>
          {room ? <RoomTile room={room} size="l" /> : <Mark />}
          {room && icon && (
            <span class="gate-icon">
              <Icon name={icon} />
            </span>
          )}
        </div>
        {room?.name != null && (
          <p class="gate-room">
            {over !== undefined && <span class="soft">{over} </span>}
            <strong dir="auto">{room.name}</strong>
          </p>
        )}
        {children}
      </div>
    </Frame>
  )
}
