import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useTexts, useTitle } from '../app-context.ts'
import { Button, ButtonLink } from '../ui/controls/button.tsx'
import { Gate } from './gate.tsx'
import { basePath } from '../base-path.ts'

/** A whole page that says why something cannot be shown, and what to do. */
function ErrorPage({ title, hint, action }: { title: string; hint: string; action: ComponentChildren }) {
  useTitle(title)
  return (
    <Gate>
      <h1>{title}</h1>
      <p>{hint}</p>
      <div class="gate-ways">{action}</div>
    </Gate>
  )
}

export function NotFoundPage() {
  const t = useTexts()
  return (
    <ErrorPage
      title={t('page.not_found')}
      hint={t('page.not_found_hint')}
      action={
        <ButtonLink href={basePath} look="primary" wide>
          {t('page.to_start')}
        </ButtonLink>
      }
    />
  )
}

const retryMs = 3000

/** Retries every 3 s, and at once when the browser comes online. */
export function OfflinePage({ busy, onRetry }: { busy: boolean; onRetry: () => void }) {
  const t = useTexts()
  const retry = useRef(onRetry)
  retry.current = onRetry
  useEffect(() => {
    const again = () => retry.current()
    const timer = setInterval(again, retryMs)
    addEventListener('online', again)
    return () => {
      clearInterval(timer)
      removeEventListener('online', again)
    }
  }, [])
  return (
    <ErrorPage
      title={t('page.offline')}
      hint={t('page.offline_hint')}
      action={
        <Button look="primary" icon="refresh" wide busy={busy} onClick={onRetry}>
          {t('ui.retry')}
        </Button>
      }
    />
  )
}

/** The code of a page could not be loaded: no connection, or the server has a newer version. */
export function NotLoadedPage({ busy, onRetry }: { busy: boolean; onRetry: () => void }) {
  const t = useTexts()
  return (
    <ErrorPage
      title={t('page.not_loaded')}
      hint={t('page.not_loaded_hint')}
      action={
        <Button look="primary" icon="refresh" wide busy={busy} onClick={onRetry}>
          {t('ui.retry')}
        </Button>
      }
    />
  )
}

/** Rendering threw. */
export function BrokenPage() {
  const t = useTexts()
  return (
    <ErrorPage
      title={t('page.broken')}
      hint={t('page.broken_hint')}
      action={
        <Button look="primary" icon="refresh" wide onClick={() => location.reload()}>
          {t('ui.reload')}
        </Button>
      }
    />
  )
}
