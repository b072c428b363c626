import type { ComponentChildren } from 'preact'
import { useTitle } from '../../app-context.ts'
import { Gate } from '../../pages/gate.tsx'
import type { IconName } from '../../ui/icon.tsx'
import type { TileRoom } from '../../ui/room-tile.tsx'

/** The page in front of a room: its tile, its name where that may be known, a title, and one way to continue. */
export function EntryFrame({
  icon,
  room,
  title,
  live = false,
  children,
}: {
  icon: IconName
  room: TileRoom
  title: string
  live?: boolean
  children: ComponentChildren
}) {
  useTitle(room.name === null ? title : `${title} · ${room.name}`)
  return (
    <Gate room={room} icon={icon} live={live}>
      <h1>{title}</h1>
      {children}
    </Gate>
  )
}
