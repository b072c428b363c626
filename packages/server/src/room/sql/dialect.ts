import type { Cell, Database, Query } from '../../platform/db/database.ts'

export type Dialect = Database['dialect']

/** Makes statements whose text is the same for both dialects but for the marks of their parameters. */
export function statementsFor(dialect: Dialect) {
  return (sql: string) => {
    let mark = 0
    const text = dialect === 'sqlite' ? sql : sql.replaceAll('?', () => `$${++mark}`)
    return (...parameters: Cell[]): Query => ({ sql: text, parameters })
  }
}

/** A list of integers as one parameter, and the subquery that makes rows of it. */
export const intList = {
  sqlite: { rows: 'SELECT value FROM json_each(?)', cell: (ints: readonly number[]) => JSON.stringify(ints) },
  postgres: { rows: 'SELECT unnest(?::bigint[])', cell: (ints: readonly number[]) => `{${ints.join(',')}}` },
}
