import type { Bounds } from '../../core/contract.ts'
import { crowdSize } from '../../room/live/presence/presence.ts'

/** Bounds that clients know too: the SDK's `limits` is generated from them. */
export const roomBounds = {
  room_name: { value: 100, text: "UTF-16 units in a room's name." },
  room_password: { value: 128, text: "Characters of a room's password." },
  invite_seconds: { value: 36_500 * 24 * 3600, text: 'Seconds that an invitation may be valid for, unless for ever.' },
  search: { value: 100, text: 'UTF-16 units of what is searched in names of rooms and people.' },
  page: { value: 200, text: 'Items in one page of a list.' },
  named_presence: { value: crowdSize, text: 'Users present who are named; of more only their number is told.' },
  typing_ms: {
    value: 6_000,
    text: 'Milliseconds after which someone who says no more of it types no longer.',
  },
} as const satisfies Bounds
