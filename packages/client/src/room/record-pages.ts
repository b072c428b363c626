import type { ActionOutput } from '../actions.ts'
import { asParlorError } from '../connection/failure.ts'
import type { Records } from './records.ts'
import type { Time } from '../time.ts'

export type RecordPages = {
  /** A snapshot arrived whose records continue at this cursor; null: it contained all of them. */
  begin(cursor: string | null): void
  /** Reads the following pages, after the records of the join were applied. */
  resume(): void
  stop(): void
}

export type RecordPagesDeps = {
  records: Pick<Records, 'whole' | 'settled'>
  /** Requests the page at a cursor. */
  page: (cursor: string) => Promise<ActionOutput<'rooms.state'>>
  time: Time
}

/** Ms before retrying a page. */
const pause = 500

/** Reads the records that did not fit into a snapshot, page by page, across reconnects (rule S2). */
export function createRecordPages({ records, page, time }: RecordPagesDeps): RecordPages {
  /** The cursor of the next page; null: all were read. */
  let more: string | null = null
  /** Grows when reading stops or restarts: answers to earlier requests are dropped. */
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
    begin(cursor) {
      round += 1
      more = cursor
    },
    resume: () => void read(round),
    stop() {
      round += 1
    },
  }
}
