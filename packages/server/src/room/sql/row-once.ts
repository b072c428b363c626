import { UniqueViolation } from '../../platform/db/database.ts'
import type { Cell } from '../../platform/db/database.ts'
import type { Write } from '../types.ts'

type Cells = readonly Cell[]

/**
 * The rows of a write with each key once (rule C13): PostgreSQL refuses a statement that updates a row twice, while
 * SQLite, which runs the statement once per row, would apply both.
 */
export function eachRowOnce({ statement: { key, again }, rows }: Write): readonly Cells[] {
  if (rows.length < 2) return rows
  const last = new Map(rows.map((row) => [keyOf(row, key), row]))
  if (last.size === rows.length) return rows
  if (again === 'refuse') throw new UniqueViolation('a row that is written twice in one batch', rows)
  return [...last.values()]
}

/** Equal for equal keys only. That of two numbers, which nearly every message has, is made without JSON. */
function keyOf(row: Cells, key: number): unknown {
  const [first, second] = row
  if (key === 1) return first
  if (key === 2 && typeof first === 'number' && typeof second === 'number') return `${first},${second}`
  return JSON.stringify(row.slice(0, key))
}
