import type { ActionOutput } from '../actions.ts'
import { asParlorError } from '../connection/failure.ts'
import type { Records } from './records.ts'
import type { Time } from '../time.ts'

export type RecordPages = {
  /** A snapshot began, whose records go on at this cursor; null: it had all of them. */
  begin(cursor: string | null): void
  /** Reads on, once what came with the join is known. */
  resume(): void
  stop(): void
}

export type RecordPagesDeps = {
  records: Pick<Records, 'whole' | 'settled'>
  /** The page at a cursor. */
  page: (cursor: string) => Promise<ActionOutput<'rooms.state'>>
  time: Time
}

/** Ms after a page that could not be read. */
const pause = 500

/** Reads the records for which a snapshot had no room, page by page, over cuts (rule S2). */
export function createRecordPages({ records, page, time }: RecordPagesDeps): RecordPages {
  /** The cursor of the next page; null: all have been read. */
  let more: string | null = null
  /** Grows when reading stops or begins anew: an answer to an earlier request is dropped. */
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
