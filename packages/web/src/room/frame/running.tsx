import './running.css'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Activity } from '../../activities/activity.ts'
import { useApp, useTexts } from '../../app-context.ts'
import { ButtonLink, IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'

type Props = {
  /** Those that are live. */
  live: readonly Activity[]
  fills: Activity
  hrefOf: (activity: Activity) => string
}

/** A strip for each activity that is live and does not fill the stage (rule ACT6). */
export function Running({ live, fills, hrefOf }: Props) {
  const t = useTexts()
  const { language } = useApp().texts
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const names = live.map(({ name }) => name).join(' ')
  useEffect(() => {
    // The strip of one that starts again is shown again.
    setClosed((before) => new Set([...before].filter((name) => live.some((activity) => activity.name === name))))
  }, [names])
  const spoken = useSpoken(live, fills)
  return (
    <>
      <div class="visually-hidden" role="status" data-running>
        {spoken.map((activity) => (
          <p key={activity.name}>{t('activity.runs', { activity: activity.label[language] })}</p>
        ))}
      </div>
      {live
        .filter((activity) => activity !== fills && !closed.has(activity.name))
        .map((activity) => (
          <div key={activity.name} class="running-line" role="group" aria-label={activity.label[language]}>
            <span class="live-dot" />
            <Icon name={activity.icon} />
            <span class="one-line">{activity.label[language]}</span>
            <ButtonLink href={hrefOf(activity)}>{t('activity.join')}</ButtonLink>
            <IconButton
              label={t('activity.hide', { activity: activity.label[language] })}
              icon="close"
              onClick={() => setClosed((before) => new Set([...before, activity.name]))}
            />
          </div>
        ))}
    </>
  )
}

/** What screen readers are told: each activity once while it is live, also when the user goes there and back. */
function useSpoken(live: readonly Activity[], fills: Activity): readonly Activity[] {
  const told = useRef<ReadonlySet<Activity>>(new Set())
  told.current = new Set(live.filter((activity) => activity !== fills || told.current.has(activity)))
  return [...told.current]
}
