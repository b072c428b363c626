import type { Cell, Database, Query } from '../../platform/db/database.ts'

export type Dialect = Database['dialect']

/** Creates statements whose text differs between the dialects only in the parameter placeholders. */
export function statementsFor(dialect: Dialect) {
  return (sql: string) => {
    let mark = 0
    const text = dialect === 'sqlite' ? sql : sql.replaceAll('?', () => `$${++mark}`)
    return (...parameters: Cell[]): Query => ({ sql: text, parameters })
  }
}

/** A list of integers as one parameter, and the subquery that turns it into rows. */
export const intList = {
  sqlite: { rows: 'SELECT value FROM json_each(?)', cell: (ints: readonly number[]) => JSON.stringify(ints) },
  postgres: { rows: 'SELECT unnest(?::bigint[])', cell: (ints: readonly number[]) => `{${ints.join(',')}}` },
}
