import './head.css'
import type { RoomInfo } from '@parlor/client'
import type { ComponentChildren } from 'preact'
import { useApp, useTexts } from '../app-context.ts'
import { Avatar, type Person } from '../ui/person/avatar.tsx'
import { Button } from '../ui/controls/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { RoomTile } from '../ui/room-tile.tsx'
import { Menu, type MenuItem } from '../ui/overlays/menu.tsx'
import { basePath } from '../base-path.ts'
import { notifyItem } from '../shell/notify-item.ts'
import { useSetPreferences } from '../shell/use-set-preferences.ts'
import { useStore } from '../use-store.ts'
import type { DialogName } from './use-dialogs.ts'

const mostFaces = 5

type Props = {
  info: RoomInfo
  /** Whether the user may open a dialog. */
  isOffered: (dialog: DialogName) => boolean
  present: readonly Person[]
  presentCount: number
  /** How many people wait to be let in; 0 for users who may not know. */
  waiting: number
  showsPeople: boolean
  onPeople: () => void
  onOpen: (dialog: DialogName) => void
  /** The user comes near what opens a panel or a dialog. */
  onApproach: () => void
  /** Chooses what fills the stage. */
  children: ComponentChildren
}

export function RoomHead({
  info,
  isOffered,
  present,
  presentCount,
  waiting,
  showsPeople,
  onPeople,
  onOpen,
  onApproach,
  children,
}: Props) {
  const { router, session } = useApp()
  const t = useTexts()
  const setPreferences = useSetPreferences()
  const own = useStore(session.feed()).items.find(({ id }) => id === info.id)
  // A number takes the place of one avatar.
  const faces = present.slice(0, presentCount > mostFaces ? mostFaces - 1 : mostFaces)
  const items: MenuItem[] = [
    ...(isOffered('settings')
      ? [{ label: t('settings.title'), icon: 'settings' as const, onSelect: () => onOpen('settings') }]
      : []),
    ...(own ? [notifyItem(own, t, (changes) => void setPreferences(own.id, changes), Date.now())] : []),
    { label: t('room.account'), icon: 'person', onSelect: () => router.go(`${basePath}account`) },
    ...(isOffered('leave')
      ? [{ label: t('leave.title'), icon: 'sign-out' as const, onSelect: () => onOpen('leave') }]
      : []),
  ]
  return (
    <header class="room-head" onPointerOver={onApproach} onFocusIn={onApproach}>
      <BackLink />
      <RoomTile room={info} size="s" />
      <div class="room-head-name">
        <h1>
          {info.settings.locked && <Icon name="lock" />}
          <span class="one-line" dir="auto">
            {info.name}
          </span>
        </h1>
        <p class="numbers">{t('people.here', { count: presentCount })}</p>
      </div>
      {children}
      <button
        type="button"
        id="room-people"
        class="room-faces"
        title={t('people.title')}
        aria-pressed={showsPeople}
        onClick={onPeople}
      >
        <span class="visually-hidden">{peopleLabel()}</span>
        <span class="faces" aria-hidden="true">
          {faces.map((person) => (
            <Avatar key={person.id} person={person} size="s" />
          ))}
          {presentCount > faces.length && (
            <span class="faces-more numbers">
              {faces.length === 0 ? presentCount : `+${presentCount - faces.length}`}
            </span>
          )}
        </span>
        <Icon name="people" />
        {waiting > 0 && (
          <span class="count numbers" aria-hidden="true">
            {waiting}
          </span>
        )}
      </button>
      {isOffered('invite') && (
        <Button icon="person-plus" onClick={() => onOpen('invite')}>
          <span class="room-invite">{t('invite.title')}</span>
        </Button>
      )}
      <Menu label={t('room.more')} items={items} />
    </header>
  )

  function peopleLabel(): string {
    return waiting > 0 ? `${t('people.title')}, ${t('people.waiting_count', { count: waiting })}` : t('people.title')
  }
}

/** Leaves the room's page, not the room. */
export function BackLink() {
  const t = useTexts()
  return (
    <a class="icon-button room-back" href={basePath} aria-label={t('app.home')} title={t('app.home')}>
      <Icon name="chevron-left" />
    </a>
  )
}
