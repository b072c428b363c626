import type { FeedRoom } from '@parlor/client/feed'
import { useRef, useState } from 'preact/hooks'
import { heldIn, type Section, sectionOf, sectionsOf } from './sections.ts'

/** Reports whether pointer or focus is in the element. */
type Holding = {
  onPointerEnter(): void
  onPointerLeave(): void
  onFocusIn(): void
  onFocusOut(event: FocusEvent & { currentTarget: Node }): void
}

/** The room that is open, and the section in which it was opened, with the preferences that it had then. */
type Opened = { room_id: string; section: string; preferences_at: string | null }

/** The sections of the column. They stay as they are while pointer or focus is among them (rule SH2). */
export function useSections(
  rooms: readonly FeedRoom[],
  room_id: string | null,
): { sections: readonly Section[]; holding: Holding } {
  const [isPointed, setPointed] = useState(false)
  const [isFocused, setFocused] = useState(false)
  const opened = useRef<Opened | null>(null)
  const shown = useRef<readonly Section[]>([])
  const time = Date.now()
  const open = rooms.find(({ id }) => id === room_id)
  // Where the user has put it since, it moves at once.
  if (opened.current?.room_id !== room_id || opened.current.preferences_at !== (open?.preferences_at ?? null)) {
    opened.current = open
      ? { room_id: open.id, section: sectionOf(open, time), preferences_at: open.preferences_at }
      : null
  }
  const now = sectionsOf(rooms, opened.current, time)
  // A room that was opened by another way, or has just been created here, is not kept out.
  const isShown = !open || shown.current.some((section) => section.rooms.some(({ id }) => id === open.id))
  const isHeld = (isPointed || isFocused) && shown.current.length > 0 && isShown
  shown.current = isHeld ? heldIn(shown.current, now) : now
  return {
    sections: shown.current,
    holding: {
      onPointerEnter: () => setPointed(true),
      onPointerLeave: () => setPointed(false),
      onFocusIn: () => setFocused(true),
      onFocusOut: ({ currentTarget, relatedTarget }) =>
        setFocused(relatedTarget instanceof Node && currentTarget.contains(relatedTarget)),
    },
  }
}
