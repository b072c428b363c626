import type { Migration } from '../../platform/db/database.ts'

export type ServerTables = {
  /** What administrators chose, one row for each kind of choice; `value` is JSON text. */
  server_settings: { name: string; value: string; changed_at: number }
}

export const serverMigrations: readonly Migration[] = [
  {
    id: '0050-server-settings',
    sqlite: `
      CREATE TABLE server_settings (
        name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
    postgres: `
      CREATE TABLE server_settings (
        name TEXT COLLATE "C" PRIMARY KEY, value TEXT NOT NULL, changed_at BIGINT NOT NULL
      );
    `,
  },
]
