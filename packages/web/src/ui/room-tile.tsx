import './room-tile.css'
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon.tsx'
import { signOf } from './initials.ts'
import { Picture } from './picture.tsx'
import { toneOf } from './tone.ts'

export type TileRoom = { id: string; name: string | null; picture_url?: string | null | undefined }

/**
 * The tile of a room: its picture, or what its name begins with on the hue of its id (rule W10). Where the name is not known,
 * and for rooms without one of their own, an icon.
 */
export function RoomTile({
  room: { id, name, picture_url },
  icon,
  size,
  children,
}: {
  room: TileRoom
  icon?: IconName | undefined
  size?: 's' | 'l'
  /** In place of the small copy of its picture. */
  children?: ComponentChildren
}) {
  const sign = icon === undefined && name !== null ? signOf(name) : null
  return (
    <span class="room-tile" data-size={size} style={hueOf(id)} aria-hidden="true">
      {sign ? (
        <span class="room-tile-sign" data-emoji={sign.isEmoji || undefined}>
          {sign.text}
        </span>
      ) : (
        <Icon name={icon ?? 'door'} />
      )}
      {children ?? <Picture url={picture_url} />}
    </span>
  )
}

/** The hue of a room, for its tile and whatever else is to have it. */
export function hueOf(id: string): Record<'--of-tile' | '--on-tile', string> {
  const hue = `--hue-${toneOf(id)}`
  return { '--of-tile': `var(${hue})`, '--on-tile': `var(${hue}-ink)` }
}
