import './ground.css'
import type { ComponentChildren } from 'preact'

/** The id of the ground's element, which a tab of the panel refers to. */
export const groundId = 'room-ground'

/**
 * The ground: on the stage, in the panel, or not to be seen. It is the same element in all three, so that focus, caret, draft
 * and scroll position stay (rule ACT3).
 */
export function GroundPlace({
  place,
  label,
  children,
}: {
  place: 'stage' | 'panel' | 'hidden'
  label: string
  children: ComponentChildren
}) {
  const isPanel = place === 'panel'
  return (
    <div
      id={groundId}
      class="ground"
      data-place={place}
      role={isPanel ? 'tabpanel' : undefined}
      aria-label={isPanel ? label : undefined}
    >
      {children}
    </div>
  )
}
