import { useTexts } from '../app-context.ts'

const lines = ['62%', '40%', '74%', '35%', '55%']

/** The shape of what is being loaded; the style sheet shows it only once that takes a while. */
export function Skeleton() {
  const t = useTexts()
  return (
    <main id="content" class="room" tabIndex={-1} role="main" aria-busy="true" aria-label={t('room.joining')}>
      <div class="skeleton" aria-hidden="true">
        {lines.map((long) => (
          <div key={long} class="skeleton-line" style={{ '--long': long }} />
        ))}
      </div>
    </main>
  )
}
