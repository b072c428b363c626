import './room-lists.css'
import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { useApp, useDates, useTexts } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { roomPath } from '../../router.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { EmptyState, Notice } from '../../ui/notice.tsx'
import { RoomTile } from '../../ui/room-tile.tsx'
import { Spinner } from '../../ui/spinner.tsx'

type Room = {
  id: string
  name: string
  kind: string
  is_private: boolean
  has_password: boolean
  member_count: number
  /** Absent for non-members of a room with a waiting room. */
  created_at?: string
  me?: { role: string }
}
type Page = { items: readonly Room[]; next_cursor: string | null }
type LoadPage = (cursor: string | undefined) => Promise<Page>

/** The rooms that the user is a member of, with their role. */
export function MyRooms() {
  const { session } = useApp()
  const t = useTexts()
  const load = useCallback<LoadPage>(
    (cursor) => session.parlor.call('feed.rooms', cursor === undefined ? {} : { cursor }),
    [session],
  )
  return (
    <RoomList
      load={load}
      empty={<EmptyState title={t('landing.mine_empty')}>{t('landing.mine_empty_hint')}</EmptyState>}
    />
  )
}

/** The lobby, which always exists, and all other public rooms. */
export function PublicRooms() {
  const { session } = useApp()
  const load = useCallback<LoadPage>(
    (cursor) => session.parlor.rooms.list(cursor === undefined ? {} : { cursor }),
    [session],
  )
  return <RoomList load={load} first={<LobbyLine />} />
}

/** A paged list of rooms. `first` is a line above them; `empty` is shown when there are none. */
function RoomList({ load, first, empty }: { load: LoadPage; first?: ComponentChildren; empty?: ComponentChildren }) {
  const t = useTexts()
  const [page, setPage] = useState<Page | null>(null)
  const task = useTask(async (cursor: string | undefined) => {
    const next = await load(cursor)
    setPage((before) => (cursor === undefined || !before ? next : { ...next, items: [...before.items, ...next.items] }))
  })
  useEffect(() => {
    const reload = () => void task.run(undefined)
    reload()
    addEventListener('online', reload)
    return () => removeEventListener('online', reload)
  }, [load])
  const rooms = page?.items.filter(({ kind }) => kind !== 'lobby') ?? []
  return (
    <>
      {!page && task.busy && <Spinner label={t('app.loading')} />}
      {task.failure && (
        <Notice tone="danger">
          <p>{explain(t, task.failure.code)}</p>
          <Button look="quiet" onClick={() => void task.run(page?.next_cursor ?? undefined)}>
            {t('ui.retry')}
          </Button>
        </Notice>
      )}
      {page && rooms.length === 0 && empty}
      {(first !== undefined || rooms.length > 0) && (
        <ul class="rooms">
          {first !== undefined && <li>{first}</li>}
          {rooms.map((room) => (
            <li key={room.id}>
              <RoomLine room={room} />
            </li>
          ))}
        </ul>
      )}
      {page?.next_cursor && (
        <Button look="quiet" busy={task.busy} onClick={() => void task.run(page.next_cursor ?? undefined)}>
          {t('ui.more')}
        </Button>
      )}
    </>
  )
}

function RoomLine({ room }: { room: Room }) {
  const t = useTexts()
  const { ago } = useDates()
  return (
    <a class="room-line" href={roomPath(room.id)}>
      <RoomTile icon={signOf(room)} />
      <span>
        <span class="room-line-name">{room.name}</span>
        <span class="room-line-about">
          <span>{t('landing.members', { count: room.member_count })}</span>
          {room.created_at !== undefined && <span>{t('landing.created', { when: ago(room.created_at) })}</span>}
        </span>
      </span>
      <span class="room-line-end">
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
      <RoomTile icon="door" />
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

function signOf(room: Room): IconName {
  if (room.has_password) return 'key'
  return room.is_private ? 'link' : 'globe'
}
