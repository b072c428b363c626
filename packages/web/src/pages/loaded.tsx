import './loaded.css'
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useApp, useTexts } from '../app-context.ts'
import { Button } from '../ui/controls/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { NotLoadedPage } from './error-pages.tsx'

/**
 * A page, or a part of one, whose code is loaded when it is first shown, by default together with the rest of the texts.
 * What cannot be loaded is explained, with a button to try again: in place, else by a reload if the server answers (rule W7). `load` must be the same function each time.
 */
export function Loaded<Part>({
  load,
  inline = false,
  withTexts = true,
  onClose,
  waiting,
  children,
}: {
  load: () => Promise<Part>
  inline?: boolean
  withTexts?: boolean
  /** Closes a part that lies over the page, when it cannot be loaded. */
  onClose?: () => void
  /** Shown while it is loaded, instead of a spinner. */
  waiting?: ComponentChildren
  children: (part: Part) => ComponentChildren
}) {
  const { texts, loadAllTexts } = useApp()
  const t = useTexts()
  const [attempt, setAttempt] = useState(1)
  const [failed, setFailed] = useState(0)
  const [part, setPart] = useState<{ is: Part } | null>(null)
  useEffect(() => {
    let left = false
    Promise.all([load(), withTexts ? loadAllTexts() : null]).then(
      ([is]) => left || setPart({ is }),
      async (thrown: unknown) => {
        console.error(thrown)
        // Browsers keep the failure of a module for as long as the page is open.
        if (attempt > 1 && !left && (await serverAnswers())) location.reload()
        else if (!left) setFailed(attempt)
      },
    )
    return () => {
      left = true
    }
  }, [load, attempt])
  if (part && (texts.all || !withTexts)) return <>{children(part.is)}</>
  if (failed > 0) {
    const again = { busy: failed < attempt, onRetry: () => setAttempt(failed + 1) }
    return inline ? <NotLoaded {...again} onClose={onClose} /> : <NotLoadedPage {...again} />
  }
  if (waiting !== undefined) return <>{waiting}</>
  return (
    <div class={inline ? 'loading-part' : 'loading-page'}>
      <Spinner label={t('app.loading')} />
    </div>
  )
}

/** A page that is reloaded without the server would be lost. */
async function serverAnswers(): Promise<boolean> {
  try {
    return (await fetch(location.href, { method: 'HEAD', cache: 'no-store' })).ok
  } catch {
    return false
  }
}

/** Loads a part ahead, when the user comes near it. A failure is shown when the part is. */
export function usePreload(load: () => Promise<unknown>): () => void {
  const { loadAllTexts } = useApp()
  return () => void Promise.all([load(), loadAllTexts()]).catch(() => {})
}

type NotLoadedProps = { busy: boolean; onRetry: () => void; onClose: (() => void) | undefined }

function NotLoaded({ busy, onRetry, onClose }: NotLoadedProps) {
  const t = useTexts()
  return (
    <div class="not-loaded">
      <Notice tone="danger">
        <strong>{t('page.not_loaded')}</strong>
        <p>{t('page.not_loaded_hint')}</p>
        <div class="row">
          <Button look="primary" busy={busy} onClick={onRetry}>
            {t('ui.retry')}
          </Button>
          {onClose && <Button onClick={onClose}>{t('ui.close')}</Button>}
        </div>
      </Notice>
    </div>
  )
}
