import type { Profile } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import type { Op } from '../../../room/types.ts'
import { waitingRecord } from '../contract-events.ts'
import { valueAs } from '../record-values.ts'
import type { KnownRoom } from '../state.ts'
import { roomErrors } from '../../../room/errors.ts'

/** Puts a user on the waiting list, unless they are on it; a full room refuses (rule W1). */
export function joinWaitingList({ profile: { settings } }: KnownRoom, user: Profile): Op[] {
  const capacity = settings.capacity ?? Number.POSITIVE_INFINITY
  return [
    { op: 'require', check: ({ room }) => (room.member_count >= capacity ? roomErrors.room_full : null) },
    addToWaitingList(user),
  ]
}

export const addToWaitingList = ({ id, name, avatar_url, guest }: Profile): Op => ({
  op: 'change',
  type: waitingRecord,
  key: id,
  next: (current, { now }) =>
    current && valueAs(waitingRecord, current)
      ? current
      : { user: { id, name, avatar_url, guest }, since: new Date(now).toISOString() },
})

/** Removes a user from the waiting list; refuses `not_found` when they are not on it. */
export const removeFromWaitingList = (user_id: string): Op[] => [
  { op: 'change', type: waitingRecord, key: user_id, next: (current) => current ?? new AppError('not_found') },
  { op: 'remove', type: waitingRecord, key: user_id },
]
