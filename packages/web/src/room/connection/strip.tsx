import './strip.css'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import type { Translate } from '../../texts/texts.ts'
import { Icon } from '../../ui/icon.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import type { Link, Trouble } from './connection-notice.ts'
import { useSecondsUntil, useTrouble } from './use-connection-notice.ts'

/** Says how the connection is while it is not well. It lies over the messages, so that nothing moves when it comes and goes. */
export function ConnectionStrip({ link }: { link: Link }) {
  const t = useTexts()
  const trouble = useTrouble(link)
  const seconds = useSecondsUntil(trouble?.kind === 'reconnecting' ? trouble.retry_at : null)
  return (
    <>
      <div class="for-readers" role="status">
        {trouble && wordsOf(trouble, null, t)}
      </div>
      {trouble && <Strip kind={trouble.kind} words={wordsOf(trouble, seconds, t)} />}
    </>
  )
}

function Strip({ kind, words }: { kind: Trouble['kind']; words: string }) {
  const strip = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => (strip.current ? publishBottom(strip.current) : undefined), [])
  return (
    <div ref={strip} class="strip" data-connection={kind} aria-hidden="true">
      <Sign kind={kind} />
      <span class="numbers">{words}</span>
    </div>
  )
}

/** Tells the style sheets, as `--strip-bottom`, where the strip ends, for as long as it is shown. Returns what ends it. */
function publishBottom(strip: HTMLElement): () => void {
  const { style } = document.documentElement
  const sizes = new ResizeObserver(() =>
    style.setProperty('--strip-bottom', `${strip.getBoundingClientRect().bottom}px`),
  )
  sizes.observe(strip)
  return () => {
    sizes.disconnect()
    style.removeProperty('--strip-bottom')
  }
}

function Sign({ kind }: { kind: Trouble['kind'] }) {
  if (kind === 'offline') return <Icon name="offline" />
  if (kind === 'back') return <Icon name="check" />
  return <Spinner />
}

function wordsOf(trouble: Trouble, seconds: number | null, t: Translate): string {
  switch (trouble.kind) {
    case 'connecting':
    case 'catching_up':
    case 'back':
      return t(`connection.${trouble.kind}`)
    case 'reconnecting': {
      const when = seconds === null ? t('connection.reconnecting') : t('connection.reconnecting_in', { count: seconds })
      return withQueued(when, trouble.queued, t)
    }
    case 'offline':
      return withQueued(t('connection.offline'), trouble.queued, t)
  }
}

const withQueued = (words: string, queued: number, t: Translate): string =>
  queued === 0 ? words : `${words} ${t('connection.queued', { count: queued })}`
