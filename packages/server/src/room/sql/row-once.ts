import { UniqueViolation } from '../../platform/db/database.ts'
import type { Cell, Write } from '../types.ts'

type Cells = readonly Cell[]

/**
 * The rows of a write, each row of the table once (rule C13): PostgreSQL takes a row once in a statement, while SQLite, where
 * a statement runs once a row, would take it several times.
 */
export function eachRowOnce({ statement: { key, again }, rows }: Write): readonly Cells[] {
  if (rows.length < 2) return rows
  const last = new Map(rows.map((row) => [JSON.stringify(row.slice(0, key)), row]))
  if (last.size === rows.length) return rows
  if (again === 'refuse') throw new UniqueViolation('a row that is written twice in one batch', rows)
  return [...last.values()]
}
