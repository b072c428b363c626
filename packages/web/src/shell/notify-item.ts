import { type FeedRoom, notifyAt, type PreferenceChanges } from '@parlor/client/feed'
import type { FirstKey, Translate } from '../texts/texts.ts'
import type { MenuItem } from '../ui/overlays/menu.tsx'

/** The entry of a room's menus that turns its notifications off and on (rule SH5). `now` in ms. */
export function notifyItem(
  room: FeedRoom,
  t: Translate<FirstKey>,
  set: (changes: PreferenceChanges) => void,
  now: number,
): MenuItem {
  const isQuiet = notifyAt(room, now) === 'none'
  return {
    label: t(isQuiet ? 'room.notify' : 'room.quiet'),
    icon: isQuiet ? bell : bellOff,
    onSelect: () => set({ notify: isQuiet ? 'all' : 'none' }),
  }
}

const bell = 'M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5zM10 20.5h4'
const bellOff = 'M4 4l16 16M6.5 9.5v7L5 18h13M8.5 6.7A5.5 5.5 0 0 1 17.5 11v4M10 20.5h4'
