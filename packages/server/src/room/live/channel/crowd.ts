import type { StoredEvent } from '../../../core/contract.ts'
import { memberChanged, memberJoined, memberLeft } from '../../contract.ts'
import type { Frame } from '../sink.ts'

const memberEvents: ReadonlySet<string> = new Set([memberJoined.name, memberLeft.name, memberChanged.name])

/**
 * A frame as a crowd sees it: joins, leaves and role changes go to moderators and to the person they are about; the
 * others get only `presence_count`. If everyone were told of everyone, n joins would cost n² events (rule P5).
 * `about`: the id of the event's actor, if they are among those who could get it.
 */
export const crowded = <F extends Frame>(frame: F, event: StoredEvent | null, about: string | undefined): F =>
  event !== null && memberEvents.has(event.type) ? { ...frame, audience: 'moderators', about } : frame
