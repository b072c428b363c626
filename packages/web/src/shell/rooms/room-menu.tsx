import type { FeedRoom, PreferenceChanges } from '@parlor/client/feed'
import { useState } from 'preact/hooks'
import { useTexts, useTextsOf } from '../../app-context.ts'
import { Loaded } from '../../pages/loaded.tsx'
import { Menu } from '../../ui/overlays/menu.tsx'
import { notifyItem } from '../notify-item.ts'
import { useSetPreferences } from '../use-set-preferences.ts'
import { menuTexts } from './menu-texts.ts'

const loadGroups = () => import('./choose-group.tsx')

/**
 * What a user sets for themselves in a room, from its row: favourite, own group, notifications (rule SH5). It is not memoized:
 * what Preact does not render again keeps the page in which it was rendered, with all of the room.
 */
export function RoomMenu({ room }: { room: FeedRoom }) {
  const first = useTexts()
  const t = useTextsOf(menuTexts)
  const setPreferences = useSetPreferences()
  const set = (changes: PreferenceChanges) => void setPreferences(room.id, changes)
  const [choosesGroup, setChoosesGroup] = useState(false)
  return (
    <>
      <Menu
        label={t('menu', { name: room.name })}
        items={[
          {
            label: t(room.favorite ? 'unfavorite' : 'favorite'),
            icon: star,
            onSelect: () => set({ favorite: !room.favorite }),
          },
          { label: t('group'), icon: folder, onSelect: () => setChoosesGroup(true) },
          notifyItem(room, first, set, Date.now()),
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
                set({ group })
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
