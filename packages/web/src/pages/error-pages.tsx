import './error-pages.css'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useTexts, useTitle } from '../app-context.ts'
import { Button, ButtonLink } from '../ui/controls/button.tsx'
import { Mark } from '../ui/mark.tsx'
import { Frame } from './frame.tsx'
import { basePath } from '../base-path.ts'

/** A whole page that says why something cannot be shown, and what to do. */
function ErrorPage({ title, hint, action }: { title: string; hint: string; action: ComponentChildren }) {
  useTitle(title)
  return (
    <Frame>
      <div class="error-page">
        <Mark />
        <h1>{title}</h1>
        <p>{hint}</p>
        {action}
      </div>
    </Frame>
  )
}

export function NotFoundPage() {
  const t = useTexts()
  return (
    <ErrorPage
      title={t('page.not_found')}
      hint={t('page.not_found_hint')}
      action={
        <ButtonLink href={basePath} look="primary">
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
        <Button look="primary" icon="refresh" busy={busy} onClick={onRetry}>
          {t('ui.retry')}
        </Button>
      }
    />
  )
}

/** A chunk of the app is gone because the server has a newer version; or rendering threw. */
export function ReloadPage({ why }: { why: 'outdated' | 'broken' }) {
  const t = useTexts()
  return (
    <ErrorPage
      title={t(`page.${why}`)}
      hint={t(`page.${why}_hint`)}
      action={
        <Button look="primary" icon="refresh" onClick={() => location.reload()}>
          {t('ui.reload')}
        </Button>
      }
    />
  )
}
