import { useMedia } from './ui/use-media.ts'

/**
 * `wide`: rooms, stage and panel beside each other. `medium`: stage and panel. `narrow`: one column. `low`: a phone on its
 * side, with room for one column and a sheet beside it.
 */
export type Layout = 'wide' | 'medium' | 'narrow' | 'low'

/** In rem, so that larger type leads to the layout that fits it: 1200, 840 and 500 px. The style sheets have the same. */
const isHigh = '(min-height: 31.25rem)'
const queries = {
  wide: `(min-width: 75rem) and ${isHigh}`,
  medium: `(min-width: 52.5rem) and ${isHigh}`,
  low: '(min-width: 35rem) and (max-height: 31.24rem)',
} as const

/** The layout for the size of the window, as it changes (room rule FR1). */
export function useLayout(): Layout {
  const isWide = useMedia(queries.wide)
  const isMedium = useMedia(queries.medium)
  const isLow = useMedia(queries.low)
  if (isWide) return 'wide'
  if (isMedium) return 'medium'
  return isLow ? 'low' : 'narrow'
}
