import './room-lists.css'
import { isUnread } from '@parlor/client/feed'
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useApp, useDates, useTexts } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { roomPath } from '../../router.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { EmptyState, Notice } from '../../ui/notice.tsx'
import { RoomTile } from '../../ui/room-tile.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { UnreadCount } from '../../ui/unread-count.tsx'
import { useStore } from '../../use-store.ts'
import { lastLine, type LastMessage } from '../last-line.ts'

type Room = {
  id: string
  name: string
  kind: string
  is_private: boolean
  has_password: boolean
  member_count: number
  /** Absent for non-members of a room with a waiting room. */
  created_at?: string
  picture_url?: string | null
  me?: { role: string }
  /** Absent in the public list. */
  last_message?: LastMessage | null
  unread?: number
  unread_from?: number | null
}
type Page = { items: readonly Room[]; next_cursor: string | null }

/** The rooms that the user is a member of, the last active first, with their role. The list follows what happens in them. */
export function MyRooms() {
  const { session } = useApp()
  const t = useTexts()
  const feed = session.feed()
  const { phase, items, hasMore, error } = useStore(feed)
  const more = useTask(feed.loadMore)
  const readAll = useTask(session.parlor.markAllRead)
  // While the connection is lost, the app says so itself, and what was read stays.
  const failure = more.failure ?? readAll.failure ?? (phase === 'loading' ? error : null)
  return (
    <>
      {items.some(isUnread) && (
        <Button look="quiet" icon="check" busy={readAll.busy} onClick={() => void readAll.run()}>
          {t('landing.read_all')}
        </Button>
      )}
      <RoomList
        rooms={phase === 'loading' ? null : items}
        hasMore={hasMore}
        busy={more.busy || (phase === 'loading' && !error)}
        failure={failure}
        onMore={() => void more.run()}
        onRetry={() => (more.failure ? void more.run() : feed.retry())}
        empty={<EmptyState title={t('landing.mine_empty')}>{t('landing.mine_empty_hint')}</EmptyState>}
      />
    </>
  )
}

/** The lobby, unless the server has none, and all other public rooms. */
export function PublicRooms() {
  const { session } = useApp()
  const [page, setPage] = useState<Page | null>(null)
  const [hasLobby, setHasLobby] = useState(true)
  const task = useTask(async (cursor: string | undefined) => {
    const next = await session.parlor.rooms.list(cursor === undefined ? {} : { cursor })
    setPage((before) => (cursor === undefined || !before ? next : { ...next, items: [...before.items, ...next.items] }))
  })
  useEffect(() => {
    const reload = () => void task.run(undefined)
    reload()
    // While nobody knows, the lobby is shown, which nearly every server has.
    session.parlor.call('server.show').then(
      ({ lobby }) => setHasLobby(lobby),
      () => {},
    )
    addEventListener('online', reload)
    return () => removeEventListener('online', reload)
  }, [session])
  const more = () => void task.run(page?.next_cursor ?? undefined)
  return (
    <RoomList
      rooms={page?.items.filter(({ kind }) => kind !== 'lobby') ?? null}
      hasMore={page !== null && page.next_cursor !== null}
      busy={task.busy}
      failure={task.failure}
      onMore={more}
      onRetry={more}
      first={hasLobby && <LobbyLine />}
    />
  )
}

type RoomListProps = {
  /** Null: nothing has been read yet. */
  rooms: readonly Room[] | null
  hasMore: boolean
  busy: boolean
  failure: { code: string } | null
  onMore: () => void
  onRetry: () => void
  /** A line above the rooms. */
  first?: ComponentChildren
  /** Shown when there are none. */
  empty?: ComponentChildren
}

/** A paged list of rooms. */
function RoomList({ rooms, hasMore, busy, failure, onMore, onRetry, first, empty }: RoomListProps) {
  const t = useTexts()
  return (
    <>
      {!rooms && busy && <Spinner label={t('app.loading')} />}
      {failure && (
        <Notice tone="danger">
          <p>{explain(t, failure.code)}</p>
          <Button look="quiet" onClick={onRetry}>
            {t('ui.retry')}
          </Button>
        </Notice>
      )}
      {rooms?.length === 0 && empty}
      {(first !== undefined || (rooms && rooms.length > 0)) && (
        <ul class="rooms">
          {first !== undefined && <li>{first}</li>}
          {rooms?.map((room) => (
            <li key={room.id}>
              <RoomLine room={room} />
            </li>
          ))}
        </ul>
      )}
      {hasMore && (
        <Button look="quiet" busy={busy} onClick={onMore}>
          {t('ui.more')}
        </Button>
      )}
    </>
  )
}

function RoomLine({ room }: { room: Room }) {
  const t = useTexts()
  const { ago } = useDates()
  const said = lastLine(room.last_message, t)
  return (
    <a class="room-line" href={roomPath(room.id)}>
      <RoomTile room={room} />
      <span>
        <span class="room-line-name" dir="auto">
          {room.has_password && <Icon name="key" />}
          {room.name}
        </span>
        {said !== null ? (
          <span class="room-line-said" dir="auto">
            {said}
          </span>
        ) : (
          <span class="room-line-about">
            <span>{t('landing.members', { count: room.member_count })}</span>
            {room.created_at !== undefined && <span>{t('landing.created', { when: ago(room.created_at) })}</span>}
          </span>
        )}
      </span>
      <span class="room-line-end">
        <UnreadCount {...room} />
        <RoleBadge role={room.me?.role} />
        <Icon name="chevron-right" />
      </span>
    </a>
  )
}

function LobbyLine() {
  const t = useTexts()
  return (
    <a class="room-line" href={roomPath('lobby')}>
      <RoomTile room={{ id: 'lobby', name: null }} />
      <span>
        <span class="room-line-name">{t('landing.lobby')}</span>
        <span class="room-line-about">{t('landing.lobby_hint')}</span>
      </span>
      <span class="room-line-end">
        <Icon name="chevron-right" />
      </span>
    </a>
  )
}

/** A badge for roles above member. */
function RoleBadge({ role }: { role: string | undefined }) {
  const t = useTexts()
  if (role === 'host') return <Badge tone="accent">{t('role.host')}</Badge>
  if (role === 'cohost') return <Badge tone="accent">{t('role.cohost')}</Badge>
  return null
}
