import type { StoredEvent } from '../../../core/contract.ts'
import { memberChanged, memberJoined, memberLeft } from '../../contract.ts'
import type { View } from './ring.ts'
import type { Frame } from '../sink.ts'

/** What the audience `room` sees, and what moderators see besides. Recovery filters by the same objects. */
export const memberView: View = { sees: (frame) => frame.audience === 'room' }
export const moderatorView: View = { sees: ({ audience }) => audience === 'room' || audience === 'moderators' }

const memberEvents: ReadonlySet<string> = new Set([memberJoined.name, memberLeft.name, memberChanged.name])

/**
 * A frame as a crowd sees it: who comes, goes and has another role is told to moderators and to the person, and to the
 * others by `presence_count` alone. With everyone told of everyone, those who join cost the square of their number.
 */
export const crowded = <F extends Frame>(frame: F, event: StoredEvent | null): F =>
  event !== null && memberEvents.has(event.type) ? { ...frame, audience: 'moderators' } : frame

/** The same view, and besides what happened to the person themselves at this seq. */
export const withOwn = (view: View, own: (seq: number) => boolean): View => ({
  sees: (frame) => view.sees(frame) || own(frame.seq),
})

/** Hears one event of what the audience `room` sees. */
export const listenerView = (event: string): View => ({
  sees: (frame) => frame.audience === 'room' && frame.event === event,
})
