import type { View } from './ring.ts'

/** What the audience `room` sees, and what moderators see besides. Recovery filters by the same objects. */
export const memberView: View = { sees: (frame) => frame.audience === 'room' }
export const moderatorView: View = { sees: ({ audience }) => audience === 'room' || audience === 'moderators' }

/** Hears one event of what the audience `room` sees. */
export const listenerView = (event: string): View => ({
  sees: (frame) => frame.audience === 'room' && frame.event === event,
})
