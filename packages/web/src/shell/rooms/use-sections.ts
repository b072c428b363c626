import type { FeedRoom } from '@parlor/client/feed'
import { useRef, useState } from 'preact/hooks'
import { heldIn, type Section, type SectionName, sectionOf, sectionsOf } from './sections.ts'

/** Reports whether pointer or focus is in the element. */
type Holding = {
  onPointerEnter(): void
  onPointerLeave(): void
  onFocusIn(): void
  onFocusOut(event: FocusEvent & { currentTarget: Node }): void
}

/** The sections of the column. They stay as they are while pointer or focus is among them (rule SH2). */
export function useSections(
  rooms: readonly FeedRoom[],
  room_id: string | null,
): { sections: readonly Section[]; holding: Holding } {
  const [isPointed, setPointed] = useState(false)
  const [isFocused, setFocused] = useState(false)
  const opened = useRef<{ room_id: string; section: SectionName } | null>(null)
  const shown = useRef<readonly Section[]>([])
  const open = rooms.find(({ id }) => id === room_id)
  if (opened.current?.room_id !== room_id) opened.current = open ? { room_id: open.id, section: sectionOf(open) } : null
  const now = sectionsOf(rooms, opened.current)
  const isHeld = (isPointed || isFocused) && shown.current.length > 0
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
