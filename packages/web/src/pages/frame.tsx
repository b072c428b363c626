import './frame.css'
import type { ComponentChildren } from 'preact'
import { useApp, useTexts } from '../app-context.ts'
import { Avatar } from '../ui/person/avatar.tsx'
import { Icon } from '../ui/icon.tsx'
import { Mark } from '../ui/mark.tsx'
import { basePath } from '../base-path.ts'
import { useStore } from '../use-store.ts'

/** The header and main element of every page but the room. */
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
      <a class="head-account" href={`${basePath}account`}>
        {me ? (
          <>
            <Avatar person={{ ...me, name: me.username }} size="s" />
            <span class="one-line">{me.username}</span>
            <span class="visually-hidden">, {t('app.account')}</span>
          </>
        ) : (
          <>
            <Icon name="person" />
            {t('app.sign_in')}
          </>
        )}
      </a>
    </header>
  )
}
