import { useEffect, useState } from 'preact/hooks'
import { useApp, useTexts, useTitle } from '../app-context.ts'
import { failureOf, useTask } from '../failure.ts'
import { Gate } from './gate.tsx'
import { NotFoundPage, OfflinePage } from './error-pages.tsx'
import { Identify } from './identify.tsx'

/** Shown to somebody without a name who follows a link to a room: the room's name, and the question for theirs. */
export function AskNamePage({ room_id }: { room_id: string }) {
  const { session } = useApp()
  const t = useTexts()
  const [room, setRoom] = useState<{ name: string } | null>(null)
  const [offline, setOffline] = useState(false)
  const find = useTask(async () => {
    try {
      setRoom(await session.parlor.rooms.get({ room_id }))
      setOffline(false)
    } catch (thrown) {
      if (failureOf(thrown).code !== 'offline') throw thrown
      setOffline(true)
    }
  })
  useEffect(() => void find.run(), [room_id])
  useTitle(room?.name ?? t('room.title'))
  if (find.failure?.code === 'not_found' || find.failure?.code === 'room_closed') return <NotFoundPage />
  if (offline) return <OfflinePage busy={find.busy} onRetry={() => void find.run()} />
  return (
    <Gate room={{ id: room_id, name: room?.name ?? null }} over={t('name.invited')}>
      <Identify heading={(text) => <h1>{text}</h1>} action={t('name.enter')} />
    </Gate>
  )
}
