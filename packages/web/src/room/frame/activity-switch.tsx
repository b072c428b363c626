import './activity-switch.css'
import type { Activity } from '../../activities/activity.ts'
import { useApp, useTexts } from '../../app-context.ts'
import { Icon } from '../../ui/icon.tsx'

type Props = {
  /** Those that the room has. */
  on: readonly Activity[]
  live: ReadonlySet<string>
  fills: Activity
  hrefOf: (activity: Activity) => string
}

/** Lets the user choose what fills the stage. Links, so that Back returns to what filled it before. */
export function ActivitySwitch({ on, live, fills, hrefOf }: Props) {
  const t = useTexts()
  const { language } = useApp().texts
  return (
    <nav class="activity-switch" aria-label={t('activity.switch')}>
      {on.map((activity) => (
        <a key={activity.name} href={hrefOf(activity)} aria-current={activity === fills ? 'page' : undefined}>
          <Icon name={activity.icon} />
          <span>{activity.label[language]}</span>
          {live.has(activity.name) && (
            <>
              <span class="visually-hidden">, {t('activity.live')}</span>
              <span class="live-dot" />
            </>
          )}
        </a>
      ))}
    </nav>
  )
}
