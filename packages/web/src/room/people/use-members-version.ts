import type { Room } from '@parlor/client'
import { useEffect, useState } from 'preact/hooks'

/** A number that grows whenever memberships or roles change. */
export function useMembersVersion(room: Room): number {
  const [version, setVersion] = useState(0)
  useEffect(() => {
    const grow = () => setVersion((before) => before + 1)
    const ends = (['member_joined', 'member_left', 'member_changed', 'room_updated'] as const).map((event) =>
      room.on(event, grow),
    )
    return () => ends.forEach((end) => end())
  }, [room])
  return version
}
