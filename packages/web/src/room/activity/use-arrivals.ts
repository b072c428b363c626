import type { Room } from '@parlor/client'
import { useEffect, useState } from 'preact/hooks'
import type { Arrival } from './activity-line.tsx'

/** Who joined or left last. The server sends no such events in rooms with more than a hundred people. */
export function useArrivals(room: Room, own_id: string): Arrival | null {
  const [arrival, setArrival] = useState<Arrival | null>(null)
  useEffect(() => {
    const hear = (kind: Arrival['kind']) => (payload: { user: { id: string; name: string } }) => {
      if (payload.user.id !== own_id) setArrival({ kind, name: payload.user.name })
    }
    const ends = [room.on('user_joined', hear('joined')), room.on('user_left', hear('left'))]
    return () => ends.forEach((end) => end())
  }, [room, own_id])
  return arrival
}
