import './stage.css'
import { useEffect, useRef } from 'preact/hooks'
import type { Activity, InRoom } from '../../activities/activity.ts'
import { useApp } from '../../app-context.ts'
import { Loaded } from '../../pages/loaded.tsx'

/** What fills the stage instead of the ground, and small pictures of the others that are live. */
export function Stage({
  activity,
  minis,
  hrefOf,
  ...place
}: InRoom & {
  activity: Activity
  minis: readonly Activity[]
  hrefOf: (activity: Activity) => string
}) {
  const { language } = useApp().texts
  const stage = useRef<HTMLElement>(null)
  useEffect(() => {
    // The link in the strip that led here is gone, and the focus with it.
    if (document.activeElement === document.body) stage.current?.focus({ preventScroll: true })
  }, [])
  return (
    <section ref={stage} class="stage" tabIndex={-1} aria-label={activity.label[language]}>
      <Loaded load={activity.load} inline>
        {({ Stage: Filling, Controls }) => (
          <>
            <div class="stage-filled">
              <Filling {...place} isShown invite={null} />
            </div>
            {Controls && (
              <div class="stage-controls">
                <Controls {...place} />
              </div>
            )}
          </>
        )}
      </Loaded>
      <Minis activities={minis} hrefOf={hrefOf} {...place} />
    </section>
  )
}

/** For those that have a small picture. */
function Minis({
  activities,
  hrefOf,
  ...place
}: InRoom & { activities: readonly Activity[]; hrefOf: (activity: Activity) => string }) {
  const { language } = useApp().texts
  return (
    <div class="minis">
      {activities.map((activity) => (
        <Loaded key={activity.name} load={activity.load} inline>
          {({ Mini }) =>
            Mini ? (
              <a class="mini" href={hrefOf(activity)} aria-label={activity.label[language]}>
                <Mini {...place} />
              </a>
            ) : null
          }
        </Loaded>
      ))}
    </div>
  )
}
