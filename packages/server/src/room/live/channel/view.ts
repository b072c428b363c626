import type { StoredEvent } from '../../../core/contract.ts'
import { memberChanged, memberJoined, memberLeft } from '../../contract.ts'
import type { View } from './ring.ts'
import type { Frame } from '../sink.ts'

/** The views of ordinary members and of moderators. Recovery filters by the same objects. */
export const memberView: View = { sees: (frame) => frame.audience === 'room' }
export const moderatorView: View = { sees: ({ audience }) => audience === 'room' || audience === 'moderators' }

const memberEvents: ReadonlySet<string> = new Set([memberJoined.name, memberLeft.name, memberChanged.name])

/**
 * A frame as a crowd sees it: joins, leaves and role changes go to moderators and to the person they are about; the
 * others get only `presence_count`. If everyone were told of everyone, n joins would cost n² events.
 */
export const crowded = <F extends Frame>(frame: F, event: StoredEvent | null): F =>
  event !== null && memberEvents.has(event.type) ? { ...frame, audience: 'moderators' } : frame

/** The same view, plus the membership event about the person themselves at this seq. */
export const withOwn = (view: View, own: (seq: number) => boolean): View => ({
  sees: (frame) => view.sees(frame) || own(frame.seq),
})

/** The view of a listener: one event type of what ordinary members see. */
export const listenerView = (event: string): View => ({
  sees: (frame) => frame.audience === 'room' && frame.event === event,
})
