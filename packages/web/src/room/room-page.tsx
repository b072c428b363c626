import { useTexts, useTitle } from '../app-context.ts'
import { Frame } from '../pages/frame.tsx'

export function RoomPage({ room_id }: { room_id: string; invite: string | null }) {
  const t = useTexts()
  useTitle(t('room.title'))
  return (
    <Frame>
      <h1>{room_id}</h1>
    </Frame>
  )
}
