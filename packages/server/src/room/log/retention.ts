import type { AnyDatabase } from '../../platform/db/open-database.ts'
import type { EngineLimits } from '../limits.ts'
import { createPrunes } from '../sql/prunes.ts'
import { type Read, runRead, runReadAsync } from '../sql/reads.ts'

/**
 * Empties bodies past their type's retention (rule D4) and drops old or too many tombstones (rule R3); both raise the
 * room's `floor_seq`. Answers how many rows it touched. One room a transaction, its row locked first, as commits do.
 * `onWritten` is called behind each on SQLite, before anything else runs.
 */
export async function prune(
  db: AnyDatabase,
  limits: EngineLimits,
  now: number,
  onWritten: () => void = () => undefined,
): Promise<number> {
  const prunes = createPrunes(db.dialect)
  let total = 0
  for (;;) {
    const due = await inTransaction(db, prunes.due(now, limits), onWritten)
    if (due.length === 0) return total
    for (const room of due) total += await inTransaction(db, prunes.room(room, now, limits), onWritten)
  }
}

/** Ms for one room; no call waits for pruning. */
const prunePatience = 30_000

async function inTransaction<T>(db: AnyDatabase, steps: Read<T>, onWritten: () => void): Promise<T> {
  if (db.dialect === 'postgres') return db.transaction('write', (ask) => runReadAsync(steps, ask), prunePatience)
  for (let gate = db.gate(); gate !== null; gate = db.gate()) await gate
  const result = db.transaction(() => db.read((ask) => runRead(steps, ask)))
  onWritten()
  await db.durable()
  return result
}
