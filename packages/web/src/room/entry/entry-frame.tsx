import './entry-frame.css'
import type { ComponentChildren } from 'preact'
import { useTitle } from '../../app-context.ts'
import { Frame } from '../../pages/frame.tsx'
import type { IconName } from '../../ui/icon.tsx'
import { RoomTile } from '../../ui/room-tile.tsx'

/** The page in front of a room: its tile, its name where that may be known, a title, and one way to continue. */
export function EntryFrame({
  icon,
  name,
  title,
  live = false,
  children,
}: {
  icon: IconName
  name: string | null
  title: string
  live?: boolean
  children: ComponentChildren
}) {
  useTitle(name === null ? title : `${title} · ${name}`)
  return (
    <Frame narrow>
      <div class="entry" role={live ? 'status' : undefined}>
        <RoomTile icon={icon} />
        {name !== null && (
          <p class="entry-room" dir="auto">
            {name}
          </p>
        )}
        <h1>{title}</h1>
        {children}
      </div>
    </Frame>
  )
}
