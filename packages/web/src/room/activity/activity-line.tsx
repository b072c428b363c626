import './activity-line.css'
import { useEffect, useState } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import type { Translate } from '../../texts/texts.ts'
import type { Person } from '../../ui/person/avatar.tsx'

const shownMs = 4000

/** Somebody joined or left. */
export type Arrival = { kind: 'joined' | 'left'; name: string }

/** One line above the composer: who types, else who joined or left a moment ago. Its height is fixed. */
export function ActivityLine({ typing, arrival }: { typing: readonly Person[]; arrival: Arrival | null }) {
  const t = useTexts()
  const [shown, setShown] = useState<Arrival | null>(null)
  useEffect(() => {
    setShown(arrival)
    const timer = setTimeout(setShown, shownMs, null)
    return () => clearTimeout(timer)
  }, [arrival])
  return (
    <p class="activity-line" aria-hidden="true">
      {typing.length > 0 ? (
        <>
          <span class="dots">
            <i />
            <i />
            <i />
          </span>
          <span class="one-line">{typingWords(typing, t)}</span>
        </>
      ) : (
        shown && <span class="one-line">{t(`people.${shown.kind}`, { name: shown.name })}</span>
      )}
    </p>
  )
}

function typingWords(typing: readonly Person[], t: Translate): string {
  const [first, second] = typing
  if (!first) return ''
  if (!second) return t('typing.one', { name: first.name })
  return typing.length === 2
    ? t('typing.two', { name: first.name, other: second.name })
    : t('typing.many', { count: typing.length })
}
