import { FeedModel } from '../../feed/testing/feed.ts'
import type { Answer } from '../../testing/doors.ts'
import type { Person } from '../../rooms/testing/rooms.ts'

type Socket = { close(): void; heard: readonly { event: string; data: Answer }[] }

/** A device of a user: its list is read on the first event of a connection, and events change it. */
export function deviceOf(who: Person) {
  const list = new FeedModel()
  let socket: Socket | null = null
  let seen = 0
  let hasRead = false
  let bytes = 0
  return {
    ...{ who, list },
    isConnected: () => socket !== null,
    /** Of the events that it heard. */
    bytes: () => bytes,
    listen(connection: Socket) {
      socket = connection
      seen = 0
      hasRead = false
    },
    cut() {
      socket?.close()
      socket = null
    },
    async follow() {
      const events = socket?.heard.slice(seen) ?? []
      seen += events.length
      for (const { event, data } of events) {
        bytes += JSON.stringify([event, data]).length
        if (event === 'read_changed') list.mark(data)
        if (event !== 'rooms_changed') continue
        if (!hasRead) await list.read(who, 100)
        hasRead = true
        list.apply(data)
      }
    },
    /** What it shows of a room; null: the room is not in its list. */
    shows(room_id: string) {
      const room = list.rooms.get(room_id)
      return room ? { read_seq: room.read_seq, unread_from: room.unread_from, unread: room.unread } : null
    },
  }
}

export type Device = ReturnType<typeof deviceOf>
