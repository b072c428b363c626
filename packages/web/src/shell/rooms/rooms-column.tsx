import './rooms-column.css'
import { useRef, useState } from 'preact/hooks'
import { useApp, useTexts, useTextsOf } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { useStore } from '../../use-store.ts'
import { ColumnHead } from './column-head.tsx'
import { columnTexts } from './column-texts.ts'
import { stepBetween } from './step-between.ts'
import { RoomMenu } from './room-menu.tsx'
import { RoomRow } from './room-row.tsx'
import { fitting } from './sections.ts'
import { useSections } from './use-sections.ts'

/** With more rooms than these there is a field that filters them (rule SH10). */
const few = 12

/** The user's rooms beside the page. `room_id`: the one that is open; `onCreate` opens the form for a new one. */
export function RoomsColumn({ room_id, onCreate }: { room_id: string | null; onCreate: () => void }) {
  const { session } = useApp()
  const t = useTexts()
  const feed = session.feed()
  const { phase, items, hasMore, error } = useStore(feed)
  const more = useTask(feed.loadMore)
  const readAll = useTask(session.parlor.markAllRead)
  const { sections: all, holding } = useSections(items, room_id)
  const own = useTextsOf(columnTexts)
  const column = useRef<HTMLElement>(null)
  const [typed, setTyped] = useState('')
  const sections = fitting(all, typed)
  const isFiltered = typed.trim() !== ''
  const failure = more.failure ?? readAll.failure ?? (phase === 'loading' ? error : null)
  const retry = () => {
    if (more.failure) void more.run()
    else if (readAll.failure) void readAll.run()
    else feed.retry()
  }
  return (
    <nav
      ref={column}
      class="rooms-column"
      aria-label={t('rail.rooms')}
      {...holding}
      onKeyDown={(event) => stepBetween(event, column.current)}
    >
      <ColumnHead
        typed={items.length > few || hasMore || isFiltered ? typed : null}
        onTyped={setTyped}
        onEnter={() => column.current?.querySelector<HTMLElement>('.room-row')?.click()}
        onCreate={onCreate}
      />
      {phase === 'loading' && !error && <Spinner label={t('app.loading')} />}
      {failure && (
        <Notice tone="danger">
          <p>{explain(t, failure.code)}</p>
          <Button look="quiet" onClick={retry}>
            {t('ui.retry')}
          </Button>
        </Notice>
      )}
      {phase !== 'loading' && items.length === 0 && <p class="rooms-none">{t('landing.mine_empty_hint')}</p>}
      {sections.map(({ key, kind, group, rooms }) => (
        <section
          key={key}
          aria-label={group ?? undefined}
          aria-labelledby={kind === 'group' ? undefined : `rooms-${kind}`}
        >
          <div class="rooms-section-head">
            <h2 id={kind === 'group' ? undefined : `rooms-${kind}`} class="one-line" dir="auto">
              {kind === 'group' ? group : t(`rooms.${kind}`)}
            </h2>
            {kind === 'unread' && (
              <IconButton label={t('landing.read_all')} icon="check" onClick={() => void readAll.run()} />
            )}
          </div>
          <ul>
            {rooms.map((room) => (
              <li key={room.id}>
                <RoomRow room={room} isOpen={room.id === room_id} />
                <RoomMenu room={room} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {isFiltered && sections.length === 0 && <p class="rooms-told">{own('no_match', { typed: typed.trim() })}</p>}
      {isFiltered && hasMore && <p class="rooms-told">{own('only_loaded')}</p>}
      {hasMore && (
        <Button look="quiet" busy={more.busy} onClick={() => void more.run()}>
          {t('ui.more')}
        </Button>
      )}
    </nav>
  )
}
