import type { ActionOutput } from '../actions.ts'
import { asParlorError } from '../connection/failure.ts'
import type { Records } from './records.ts'
import type { Time } from '../time.ts'

export type RecordPagesDeps = {
  records: Pick<Records, 'whole' | 'settled'>
  /** The page at a cursor. */
  page: (cursor: string) => Promise<ActionOutput<'rooms.state'>>
  time: Time
}

/** Ms after a page that could not be read. */
const pause = 500

/** Reads the records that a snapshot had no place for, page by page, over cuts (rule S2). */
export function createRecordPages({ records, page, time }: RecordPagesDeps) {
  /** Where they go on; null: all have been read. */
  let more: string | null = null
  /** Grows when it is stopped: what was asked before is nothing any more. */
  let round = 0

  async function read(own: number): Promise<void> {
    try {
      while (more !== null) {
        const { items, next_cursor } = await page(more)
        if (own !== round) return
        for (const record of items) records.whole(record)
        more = next_cursor
      }
      records.settled()
    } catch (thrown) {
      if (own !== round || asParlorError(thrown).retry === 'never') return
      time.after(pause, () => void (own === round && read(own)))
    }
  }

  return {
    /** A snapshot began, and says where its records go on. */
    begin(cursor: string | null): void {
      round += 1
      more = cursor
    },
    /** Goes on, once what came with the join is known. */
    resume: () => void read(round),
    stop(): void {
      round += 1
    },
  }
}
