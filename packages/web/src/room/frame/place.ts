import type { Activity } from '../../activities/activity.ts'
import type { Place } from '../../router.ts'
import type { Layout } from '../../layout.ts'

/** Panels of every room; activities add theirs under their names. */
export const sides = ['people', 'files'] as const

/** In an address: no panel, where one is usual. */
export const noPanel = 'none'

export type Shown = {
  /** Fills the stage. */
  fills: Activity
  /** The name of the open panel; null: none. */
  panel: string | null
  /** Where the panel stands beside what fills the stage; null: it lies over it, or there is none. */
  dock: 'beside' | 'below' | null
}

/**
 * What an address shows in a room, in a layout (rules FR2, FR3, ACT3, ACT4). `on`: the activities that the room has, the
 * ground first.
 */
export function shownAt(place: Place, layout: Layout, [ground, ...on]: readonly [Activity, ...Activity[]]): Shown {
  const fills = on.find(({ name }) => name === place.activity) ?? ground
  const panel = panelOf(place.panel, fills, ground, layout)
  return { fills, panel, dock: panel === null ? null : dockOf(panel, fills, ground, layout) }
}

function panelOf(wanted: string | null, fills: Activity, ground: Activity, layout: Layout): string | null {
  if (wanted === noPanel) return null
  const others = fills === ground ? [] : [ground.name, ...(fills.hasPanel ? [fills.name] : [])]
  const known = [...sides, ...others].find((name) => name === wanted)
  if (known !== undefined) return known
  // Beside what fills the stage there is room for the conversation.
  const hasRoom = layout === 'wide' || layout === 'medium'
  return fills !== ground && hasRoom ? ground.name : null
}

function dockOf(panel: string, fills: Activity, ground: Activity, layout: Layout): Shown['dock'] {
  if (layout === 'wide') return 'beside'
  if (layout === 'medium') return fills === ground ? null : 'beside'
  if (panel !== ground.name) return null
  return layout === 'low' ? 'beside' : 'below'
}
