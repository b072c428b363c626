import type { Room } from '@parlor/client'
import { useEffect, useState } from 'preact/hooks'
import type { Coming } from './activity-line.tsx'

/** Who came or went last. In a room with more than a hundred people nobody is told. */
export function useComing(room: Room, own_id: string): Coming | null {
  const [coming, setComing] = useState<Coming | null>(null)
  useEffect(() => {
    const hear = (kind: Coming['kind']) => (payload: { user: { id: string; name: string } }) => {
      if (payload.user.id !== own_id) setComing({ kind, name: payload.user.name })
    }
    const ends = [room.on('user_joined', hear('came')), room.on('user_left', hear('went'))]
    return () => ends.forEach((end) => end())
  }, [room, own_id])
  return coming
}
