import { LRUCache } from 'lru-cache'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import type { Op, RoomEngine } from '../../../room/types.ts'
import { noticeRecord } from '../contract-events.ts'
import { roomErrors } from '../../../room/errors.ts'

/** Ms of one episode: within it moderators are told once, whichever nodes see it. */
const episode = 3_600_000
/** Rooms of which this node remembers that they were told. */
const remembered = 10_000

/** The record's key. */
const passwords = 'passwords'

export type Notices = {
  /** Very many wrong passwords were tried at the room; never rejects. */
  passwordsTried(room_id: string): void
}

export type NoticesDeps = {
  engine: Pick<RoomEngine, 'commit'>
  clock: Clock
  onFailure: (error: unknown) => void
}

/** With a new password what was tried at the old one is nothing any more. */
export const forgetTries: Op = { op: 'remove', type: noticeRecord, key: passwords }

/** What moderators are told of their room by a record, so that they also hear of it who come later (rule A9). */
export function createNotices({ engine, clock, onFailure }: NoticesDeps): Notices {
  const told = new LRUCache<string, number>({ max: remembered })

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
