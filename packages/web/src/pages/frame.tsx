import './frame.css'
import type { ComponentChildren } from 'preact'
import { useApp, useTexts } from '../app-context.ts'
import { Icon } from '../ui/icon.tsx'
import { Mark } from '../ui/mark.tsx'
import { basePath } from '../base-path.ts'
import { useStore } from '../use-store.ts'

/** The main element of every page but the room, below a header where there is no rail. */
export function Frame({ narrow = false, children }: { narrow?: boolean; children: ComponentChildren }) {
  return (
    <>
      <Head />
      <main id="content" class="page" tabIndex={-1} data-narrow={narrow || undefined}>
        {children}
      </main>
    </>
  )
}

function Head() {
  const { session } = useApp()
  const t = useTexts()
  const me = useStore(session.me)
  return (
    <header class="head">
      <a class="wordmark" href={basePath} aria-label={t('app.home')}>
        <Mark />
        Parlor
      </a>
      {!me && (
        <a class="head-account" href={`${basePath}account`}>
          <Icon name="person" />
          {t('app.sign_in')}
        </a>
      )}
    </header>
  )
}
