import './rail.css'
import { useTexts } from '../app-context.ts'
import { basePath } from '../base-path.ts'
import type { Route } from '../router.ts'
import type { Me } from '../session.ts'
import { Avatar } from '../ui/person/avatar.tsx'
import { Icon } from '../ui/icon.tsx'
import { Mark } from '../ui/mark.tsx'
import { lens, paletteKeys } from '../palette/keys.ts'

type Props = {
  me: Me
  page: Route['page']
  /** Opens the palette. */
  onSearch: () => void
  /** Opens the rooms, where they have no column; null: they have one, or the start page lists them. */
  onRooms: (() => void) | null
}

/** The ways through the app: at the edge of the window, or on a phone at its lower edge, but not in a room (rule SH1). */
export function Rail({ me, page, onSearch, onRooms }: Props) {
  const t = useTexts()
  return (
    <nav class="rail" aria-label={t('rail.label')}>
      <a
        class="rail-entry"
        href={basePath}
        aria-label={t('app.home')}
        aria-current={page === 'landing' ? 'page' : undefined}
      >
        <Mark />
        <span>{t('rail.home')}</span>
      </a>
      <button type="button" class="rail-entry" aria-keyshortcuts={paletteKeys()} onClick={onSearch}>
        <Icon name={lens} />
        <span>{t('rail.search')}</span>
      </button>
      {onRooms && (
        <button type="button" class="rail-entry" id="rail-rooms" onClick={onRooms}>
          <Icon name="M4 6h16M4 12h16M4 18h10" />
          <span>{t('rail.rooms')}</span>
        </button>
      )}
      <a class="rail-entry rail-me" href={`${basePath}account`} aria-current={page === 'account' ? 'page' : undefined}>
        <Avatar person={{ ...me, name: me.username }} size="s" />
        <span class="one-line" dir="auto">
          {me.username}
        </span>
        <span class="visually-hidden">, {t('app.account')}</span>
      </a>
    </nav>
  )
}
