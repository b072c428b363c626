import './strip.css'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import type { Translate } from '../../texts/texts.ts'
import { Icon } from '../../ui/icon.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import type { ConnectionStatus, ConnectionNotice } from './connection-notice.ts'
import { useSecondsUntil, useConnectionNotice } from './use-connection-notice.ts'

/**
 * Tells of an interrupted connection. It lies over the messages, so that nothing moves when it appears and disappears.
 */
export function ConnectionStrip({ status }: { status: ConnectionStatus }) {
  const t = useTexts()
  const notice = useConnectionNotice(status)
  const seconds = useSecondsUntil(notice?.kind === 'reconnecting' ? notice.retry_at : null)
  return (
    <>
      <div class="visually-hidden" role="status">
        {notice && textOf(notice, null, t)}
      </div>
      {notice && <Strip kind={notice.kind} text={textOf(notice, seconds, t)} />}
    </>
  )
}

function Strip({ kind, text }: { kind: ConnectionNotice['kind']; text: string }) {
  const strip = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => (strip.current ? publishBottom(strip.current) : undefined), [])
  return (
    <div ref={strip} class="strip" data-connection={kind} aria-hidden="true">
      <Sign kind={kind} />
      <span class="numbers">{text}</span>
    </div>
  )
}

/** Publishes the strip's lower edge as `--strip-bottom` to the style sheets. Returns a function that stops it. */
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

function Sign({ kind }: { kind: ConnectionNotice['kind'] }) {
  if (kind === 'offline') return <Icon name="offline" />
  if (kind === 'back') return <Icon name="check" />
  return <Spinner />
}

function textOf(notice: ConnectionNotice, seconds: number | null, t: Translate): string {
  switch (notice.kind) {
    case 'connecting':
    case 'catching_up':
    case 'back':
      return t(`connection.${notice.kind}`)
    case 'reconnecting': {
      const when = seconds === null ? t('connection.reconnecting') : t('connection.reconnecting_in', { count: seconds })
      return withQueued(when, notice.queued, t)
    }
    case 'offline':
      return withQueued(t('connection.offline'), notice.queued, t)
  }
}

const withQueued = (text: string, queued: number, t: Translate): string =>
  queued === 0 ? text : `${text} ${t('connection.queued', { count: queued })}`
