import type { RoomState } from '@parlor/client'
import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../../app-context.ts'

/** The room's name, as far as a non-member may know it; null if unknown. */
export function useRoomName(room_id: string, { phase, room, waiting_for }: RoomState): string | null {
  const { session } = useApp()
  const [found, setFound] = useState<string | null>(null)
  const known = room?.name ?? waiting_for?.name ?? found
  const isAsked = known === null && phase === 'refused'
  useEffect(() => {
    if (!isAsked) return
    session.parlor.rooms.get({ room_id }).then(
      ({ name }) => setFound(name),
      // The page works without the name.
      () => {},
    )
  }, [room_id, isAsked])
  return known
}
