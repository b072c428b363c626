import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useTexts } from '../app-context.ts'
import { Spinner } from '../ui/spinner.tsx'
import { ReloadPage } from './trouble.tsx'

/** A part of the app that is loaded when it is first shown. `load` is one and the same function each time. */
export function Loaded<Part>({
  load,
  children,
}: {
  load: () => Promise<Part>
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
  if (part === 'failed') return <ReloadPage why="outdated" />
  if (part === 'loading')
    return (
      <div class="trouble">
        <Spinner label={t('app.loading')} />
      </div>
    )
  return <>{children(part.is)}</>
}
