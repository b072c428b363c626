import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useTexts } from '../app-context.ts'
import { Button } from '../ui/controls/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { ReloadPage } from './error-pages.tsx'

/**
 * A page, or a part of one, whose code is loaded when it is first shown. `load` must be the same function each time.
 */
export function Loaded<Part>({
  load,
  inline = false,
  children,
}: {
  load: () => Promise<Part>
  inline?: boolean
  children: (part: Part) => ComponentChildren
}) {
  const t = useTexts()
  const [part, setPart] = useState<{ is: Part } | 'loading' | 'failed'>('loading')
  useEffect(() => {
    let left = false
    load().then(
      (is) => left || setPart({ is }),
      (thrown: unknown) => {
        console.error(thrown)
        if (!left) setPart('failed')
      },
    )
    return () => {
      left = true
    }
  }, [load])
  if (part === 'failed') return inline ? <Outdated /> : <ReloadPage why="outdated" />
  if (part === 'loading')
    return (
      <div class={inline ? 'loading-part' : 'error-page'}>
        <Spinner label={t('app.loading')} />
      </div>
    )
  return <>{children(part.is)}</>
}

function Outdated() {
  const t = useTexts()
  return (
    <Notice tone="warn">
      <p>{t('page.outdated_hint')}</p>
      <Button look="quiet" onClick={() => location.reload()}>
        {t('ui.reload')}
      </Button>
    </Notice>
  )
}
