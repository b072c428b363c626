import type { Profile } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import type { Op } from '../../../room/types.ts'
import { newJob } from '../../../platform/jobs/jobs.ts'
import { sweepWaitingJob } from '../jobs.ts'
import { waitingRecord } from '../contract/events.ts'
import { valueAs } from '../record-values.ts'
import type { KnownRoom } from '../state.ts'
import { roomErrors } from '../../../room/errors.ts'

/** Ms for which a user stays on the waiting list without being seen (rule W4). */
export const waitingGrace = 30_000

/** Puts a user on the waiting list, unless they are on it; a full room refuses (rule W1). */
export function joinWaitingList(room: KnownRoom, user: Profile): Op[] {
  const capacity = room.profile.settings.capacity ?? Number.POSITIVE_INFINITY
  return [
    { op: 'require', check: ({ room: now }) => (now.member_count >= capacity ? roomErrors.room_full : null) },
    ...addToWaitingList(room, user),
  ]
}

/** The list's timer is set with its first user, and goes on while anyone waits (rule W4). */
export const addToWaitingList = (
  room: Pick<KnownRoom, 'id'>,
  { id, name, avatar_url, guest }: Profile,
): readonly Op[] => [
  {
    op: 'change',
    type: waitingRecord,
    key: id,
    next: (current, { now }) =>
      current && valueAs(waitingRecord, current)
        ? current
        : { user: { id, name, avatar_url, guest }, since: new Date(now).toISOString() },
  },
  {
    ...{ op: 'schedule', key: 'waiting', keep: true, job: newJob(sweepWaitingJob, { room_id: room.id }) },
    at: ({ now }) => now + waitingGrace,
  },
]

/** Removes a user from the waiting list; refuses `not_found` when they are not on it. */
export const removeFromWaitingList = (user_id: string): Op[] => [
  { op: 'change', type: waitingRecord, key: user_id, next: (current) => current ?? new AppError('not_found') },
  { op: 'remove', type: waitingRecord, key: user_id },
]
