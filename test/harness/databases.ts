import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { postgresMissing, sharedPostgres } from './postgres.ts'

/** A database for one server: the settings that name it, and its disposal. */
export type Database = AsyncDisposable & {
  env: Readonly<Record<string, string>>
  /** Runs SQL on the database while the server is stopped. */
  execute(dataDir: string, sql: string): Promise<void>
}

/** A database on which scenarios run. */
export type DatabaseKind = { name: 'SQLite' | 'PostgreSQL'; missing: string | false; open(): Promise<Database> }

export const onSqlite: DatabaseKind = {
  name: 'SQLite',
  missing: false,
  open: async () => ({
    env: {},
    async execute(dataDir, sql) {
      const database = new DatabaseSync(join(dataDir, 'parlor.db'))
      database.exec(sql)
      database.close()
    },
    [Symbol.asyncDispose]: async () => {},
  }),
}

export const onPostgres: DatabaseKind = {
  name: 'PostgreSQL',
  missing: postgresMissing,
  async open() {
    const postgres = await sharedPostgres()
    const url = await postgres.createDatabase('scenario')
    return {
      env: { DATABASE_URL: url },
      async execute(_dataDir, sql) {
        const client = new Client(url)
        await client.connect()
        try {
          await client.query(sql)
        } finally {
          await client.end()
        }
      },
      [Symbol.asyncDispose]: () => postgres.stop(),
    }
  },
}
