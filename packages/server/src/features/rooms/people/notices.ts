import { createCache } from '../../../core/collections/cache.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import type { Op, RoomEngine } from '../../../room/types.ts'
import { noticeRecord } from '../contract/events.ts'
import { roomErrors } from '../../../room/errors.ts'

/** Ms between two notices to moderators, whichever nodes report. */
const episode = 3_600_000
/** Rooms that this node remembers to have notified. */
const remembered = 10_000

/** The record's key. */
const passwords = 'passwords'

export type Notices = {
  /** Many wrong passwords were tried at the room. Never rejects. */
  passwordsTried(room_id: string): void
}

export type NoticesDeps = {
  engine: Pick<RoomEngine, 'commit'>
  clock: Clock
  onFailure: (error: unknown) => void
}

/** Removes the notice; a new password makes attempts at the old one irrelevant. */
export const removeAttemptNotice: Op = { op: 'remove', type: noticeRecord, key: passwords }

/** Notices to moderators are a record, so that moderators who come later see them too (rule A9). */
export function createNotices({ engine, clock, onFailure }: NoticesDeps): Notices {
  const told = createCache<string, number>(remembered)

  async function tell(room_id: string): Promise<void> {
    const next: Extract<Op, { op: 'change' }>['next'] = (current, { now }) => {
      const before = noticeRecord.value.safeParse(current)
      const isTold = before.success && now - Date.parse(before.data.at) < episode
      return isTold ? before.data : { kind: passwords, at: new Date(now).toISOString() }
    }
    const ops: Op[] = [{ op: 'change', type: noticeRecord, key: passwords, next }]
    await engine.commit({ room_id, actor: 0, action: 'rooms.join', client_id: null, members_only: false, ops })
  }

  return {
    passwordsTried(room_id) {
      const now = clock.now()
      if (now - (told.get(room_id) ?? Number.NEGATIVE_INFINITY) < episode) return
      told.set(room_id, now)
      tell(room_id).catch((error) => {
        told.delete(room_id)
        if (!AppError.from(error).is(roomErrors.room_closed)) onFailure(error)
      })
    },
  }
}
