import type { Bounds } from '../../core/contract.ts'

/** The most that the server takes (rules PE2 and PE3). */
export const eventBounds = {
  event_type: { value: 64, text: 'Characters in the name of a published event.' },
  event_data: { value: 65_536, text: 'Characters of JSON in the data of a published event.' },
} as const satisfies Bounds
