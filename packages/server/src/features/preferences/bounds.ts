import type { Bounds } from '../../core/contract.ts'

/** Bounds that clients need too. */
export const preferenceBounds = {
  room_group: { value: 50, text: 'UTF-16 units in the name of an own group of rooms.' },
  room_groups: { value: 50, text: 'Own groups of rooms of one person.' },
} as const satisfies Bounds
