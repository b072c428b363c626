import './frame.css'
import type { ComponentChildren } from 'preact'
import { useApp, useTexts } from '../app-context.ts'
import { Avatar } from '../ui/person/avatar.tsx'
import { Icon } from '../ui/icon.tsx'
import { Mark } from '../ui/mark.tsx'
import { home } from '../base-path.ts'

/** The head that all pages but the room share, and the main matter under it. */
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
  const me = session.me.value
  return (
    <header class="head">
      <a class="wordmark" href={home} aria-label={t('app.home')}>
        <Mark />
        Parlor
      </a>
      <a class="head-account" href={`${home}account`}>
        {me ? (
          <>
            <Avatar person={{ ...me, name: me.username }} size="s" />
            <span class="one-line">{me.username}</span>
            <span class="for-readers">, {t('app.account')}</span>
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
