import './room-view.css'
import './skeleton.css'
import { useTexts } from '../app-context.ts'
import { ConnectionStrip } from './connection/strip.tsx'
import { useConnectionStatus } from './connection/use-connection.ts'
import { Strips } from './frame/strips.tsx'
import { BackLink } from './head.tsx'

const lines = ['62%', '40%', '74%', '35%', '55%']

/**
 * Placeholder for a room that is being joined, with the way back and the state of the connection. The style sheet shows
 * it after a delay.
 */
export function Skeleton({ name }: { name: string | null }) {
  const t = useTexts()
  return (
    <div class="room">
      <main id="content" class="room-main" tabIndex={-1} aria-busy="true" aria-label={t('room.joining')}>
        <header class="room-head">
          <BackLink />
          <div class="room-head-name">
            {name !== null && (
              <h1>
                <span class="one-line" dir="auto">
                  {name}
                </span>
              </h1>
            )}
          </div>
        </header>
        <Strips>
          <ConnectionStrip status={useConnectionStatus(false)} />
        </Strips>
        <div class="skeleton" aria-hidden="true">
          {lines.map((long) => (
            <div key={long} class="skeleton-line" style={{ '--long': long }} />
          ))}
        </div>
      </main>
    </div>
  )
}
