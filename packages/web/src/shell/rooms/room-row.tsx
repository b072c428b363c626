import './room-row.css'
import type { FeedRoom } from '@parlor/client/feed'
import { useDates, useTexts } from '../../app-context.ts'
import { lastLine } from '../../pages/last-line.ts'
import { roomPath } from '../../router.ts'
import { RoomTile } from '../../ui/room-tile.tsx'
import { UnreadCount } from '../../ui/unread-count.tsx'

/**
 * A room in the column: tile, name, last line, time and how much is unread. It is not memoized: Preact keeps with what is not
 * rendered again the whole page that stood around it when it last was, another one for each row.
 */
export function RoomRow({ room, isOpen }: { room: FeedRoom; isOpen: boolean }) {
  const t = useTexts()
  const { moment } = useDates()
  return (
    <a class="room-row" href={roomPath(room.id)} aria-current={isOpen ? 'page' : undefined}>
      <RoomTile room={room} />
      <span class="room-row-text">
        <span class="room-row-name one-line" dir="auto">
          {room.name}
        </span>
        {room.last_message_at !== null && (
          <time class="room-row-time numbers" dateTime={room.last_message_at}>
            {moment(room.last_message_at)}
          </time>
        )}
        <span class="room-row-said one-line" dir="auto">
          {lastLine(room.last_message, t)}
        </span>
        <UnreadCount {...room} />
      </span>
    </a>
  )
}
