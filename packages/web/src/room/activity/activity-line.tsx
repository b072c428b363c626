import './activity-line.css'
import { useEffect, useState } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import type { Translate } from '../../texts/texts.ts'
import type { Person } from '../../ui/person/avatar.tsx'

const shownMs = 4000

/** Somebody came or went. */
export type Coming = { kind: 'came' | 'went'; name: string }

/** One line above the field to write in: who types, else who came or went a moment ago. It always has its height. */
export function QuietLine({ typing, coming }: { typing: readonly Person[]; coming: Coming | null }) {
  const t = useTexts()
  const [shown, setShown] = useState<Coming | null>(null)
  useEffect(() => {
    setShown(coming)
    const timer = setTimeout(setShown, shownMs, null)
    return () => clearTimeout(timer)
  }, [coming])
  return (
    <p class="quiet-line" aria-hidden="true">
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
