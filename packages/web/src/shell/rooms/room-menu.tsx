import { type FeedRoom, notifyAt, type PreferenceChanges } from '@parlor/client/feed'
import { useState } from 'preact/hooks'
import { useApp, useTextsOf } from '../../app-context.ts'
import { explain, failureOf } from '../../failure.ts'
import { Loaded } from '../../pages/loaded.tsx'
import { Menu } from '../../ui/overlays/menu.tsx'
import { menuTexts } from './menu-texts.ts'

const loadGroups = () => import('./choose-group.tsx')

/**
 * What a user sets for themselves in a room, from its row: favourite, own group, notifications (rule SH5). It is not memoized:
 * what Preact does not render again keeps the page in which it was rendered, with all of the room.
 */
export function RoomMenu({ room }: { room: FeedRoom }) {
  const { session, toasts, texts } = useApp()
  const t = useTextsOf(menuTexts)
  const [choosesGroup, setChoosesGroup] = useState(false)
  async function set(changes: PreferenceChanges): Promise<void> {
    try {
      await session.feed().setPreferences(room.id, changes)
    } catch (thrown) {
      toasts.show({ text: explain(texts.t, failureOf(thrown).code), failed: true })
    }
  }
  const isQuiet = notifyAt(room, Date.now()) === 'none'
  return (
    <>
      <Menu
        label={t('menu', { name: room.name })}
        items={[
          {
            label: t(room.favorite ? 'unfavorite' : 'favorite'),
            icon: star,
            onSelect: () => void set({ favorite: !room.favorite }),
          },
          { label: t('group'), icon: folder, onSelect: () => setChoosesGroup(true) },
          {
            label: t(isQuiet ? 'notify' : 'quiet'),
            icon: isQuiet ? bell : bellOff,
            onSelect: () => void set({ notify: isQuiet ? 'all' : 'none' }),
          },
        ]}
      />
      {choosesGroup && (
        <Loaded load={loadGroups} inline withTexts={false} onClose={() => setChoosesGroup(false)}>
          {({ ChooseGroup }) => (
            <ChooseGroup
              room={room}
              onClose={() => setChoosesGroup(false)}
              onChoose={(group) => {
                setChoosesGroup(false)
                void set({ group })
              }}
            />
          )}
        </Loaded>
      )}
    </>
  )
}

const star = 'M12 4l2.4 5 5.6.8-4 3.9.9 5.5-4.9-2.6-4.9 2.6.9-5.5-4-3.9 5.6-.8z'
const folder = 'M4 6.5a1 1 0 0 1 1-1h4.5l2 2.5H19a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1z'
const bell = 'M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5zM10 20.5h4'
const bellOff = 'M4 4l16 16M6.5 9.5v7L5 18h13M8.5 6.7A5.5 5.5 0 0 1 17.5 11v4M10 20.5h4'
