import './directory-page.css'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { useApp, useTexts, useTextsOf, useTitle } from '../../app-context.ts'
import { explain, failureOf } from '../../failure.ts'
import { roomPath } from '../../router.ts'
import { Button } from '../../ui/controls/button.tsx'
import { TextField } from '../../ui/controls/field.tsx'
import { EmptyState, Notice } from '../../ui/notice.tsx'
import { RoomTile } from '../../ui/room-tile.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { Frame } from '../frame.tsx'
import { directoryTexts } from './directory-texts.ts'
import { type Directory, followDirectory, type ListedRoom } from './directory.ts'

/** Ms without another key before the list is read for what was typed. */
const pause = 250

/** All public rooms, the liveliest first, and a field that finds them by name (rule SH7). */
export function DirectoryPage() {
  const t = useTextsOf(directoryTexts)
  const common = useTexts()
  const heading = useId()
  const [typed, setTyped] = useState('')
  const { state, more } = useDirectory(typed.trim())
  useTitle(t('heading'))
  const { rooms, query, busy, hasMore, error } = state
  const isEmpty = rooms !== null && rooms.length === 0 && !busy && !hasMore && error === null
  return (
    <Frame narrow>
      <section class="directory" aria-labelledby={heading}>
        <h1 id={heading}>{t('heading')}</h1>
        <TextField
          label={t('search')}
          value={typed}
          onValue={setTyped}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={100}
        />
        <p class="visually-hidden" role="status">
          {rooms !== null && !busy ? t('found', { count: rooms.length }) : ''}
        </p>
        {rooms === null && busy && <Spinner label={common('app.loading')} />}
        {error && (
          <Notice tone="danger">
            <p>{explain(common, failureOf(error).code)}</p>
            <Button look="quiet" onClick={more}>
              {common('ui.retry')}
            </Button>
          </Notice>
        )}
        {isEmpty &&
          (query === '' ? (
            <EmptyState title={t('none')}>{t('none_hint')}</EmptyState>
          ) : (
            <EmptyState title={t('no_match', { query })}>{t('no_match_hint')}</EmptyState>
          ))}
        {rooms !== null && rooms.length > 0 && (
          <ul class="directory-rooms">
            {rooms.map((room) => (
              <li key={room.id}>
                <Line room={room} />
              </li>
            ))}
          </ul>
        )}
        {hasMore && !error && rooms !== null && (
          <Button look="quiet" busy={busy} onClick={more}>
            {query === '' ? common('ui.more') : t('look_on')}
          </Button>
        )}
      </section>
    </Frame>
  )
}

function useDirectory(query: string) {
  const { session } = useApp()
  const list = useRef<Directory | null>(null)
  const [state, setState] = useState<ReturnType<Directory['get']>>(() => ({
    ...{ rooms: null, query: '', busy: true, hasMore: false, error: null },
  }))
  useEffect(() => {
    const directory = followDirectory(session.parlor.rooms.list)
    list.current = directory
    const end = directory.subscribe(() => setState(directory.get()))
    return end
  }, [session])
  useEffect(() => {
    const wait = setTimeout(() => list.current?.search(query), list.current?.get().rooms ? pause : 0)
    return () => clearTimeout(wait)
  }, [query])
  return { state, more: () => list.current?.more() }
}

function Line({ room }: { room: ListedRoom }) {
  const t = useTexts()
  const online = 'online' in room ? room.online : 0
  return (
    <a class="directory-room" href={roomPath(room.id)}>
      <RoomTile
        room={'picture_url' in room ? room : { id: room.id, name: room.name }}
        icon={room.kind === 'lobby' ? 'door' : undefined}
      />
      <span class="directory-words">
        <span class="directory-name">{room.kind === 'lobby' ? t('landing.lobby') : room.name}</span>
        <span class="directory-about">
          {online > 0 && <span class="directory-online">{t('people.here', { count: online })}</span>}
          {room.kind === 'lobby' ? (
            <span>{t('landing.lobby_hint')}</span>
          ) : (
            <span>{t('landing.members', { count: room.member_count })}</span>
          )}
        </span>
      </span>
    </a>
  )
}
