import { type FeedRoom, isUnread, notifyAt } from '@parlor/client/feed'

/** `aria-keyshortcuts` of going to the next unread room. */
export const nextUnreadKeys = 'Alt+ArrowDown'

/** Alt ↓, but in a list of choices, which it opens. */
export const asksForNextUnread = ({ key, altKey, ctrlKey, metaKey, shiftKey, target }: KeyboardEvent): boolean =>
  key === 'ArrowDown' && altKey && !ctrlKey && !metaKey && !shiftKey && !(target instanceof HTMLSelectElement)

/** The unread room behind the one that is open, in the order of the list, and from its end again from its beginning. */
export function nextUnread(rooms: readonly FeedRoom[], open: string | null, now: number): FeedRoom | null {
  const at = rooms.findIndex(({ id }) => id === open)
  const around = [...rooms.slice(at + 1), ...rooms.slice(0, Math.max(at, 0))]
  return around.find((room) => isUnread(room) && notifyAt(room, now) !== 'none') ?? null
}
