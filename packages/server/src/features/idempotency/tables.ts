import type { Migration } from '../../platform/db/database.ts'

export type IdempotencyTables = {
  idempotency_keys: {
    user_id: string
    key: string
    action: string
    content_hash: string
    /** The id of what was created. */
    resource: string
    at: number
  }
}

export const idempotencyMigrations: readonly Migration[] = [
  {
    id: '0050-idempotency-keys',
    sqlite: `
      CREATE TABLE idempotency_keys (
        user_id TEXT NOT NULL, key TEXT NOT NULL, action TEXT NOT NULL, content_hash TEXT NOT NULL,
        resource TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (user_id, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX idempotency_keys_age ON idempotency_keys (at);
    `,
    postgres: `
      CREATE TABLE idempotency_keys (
        user_id TEXT COLLATE "C" NOT NULL, key TEXT COLLATE "C" NOT NULL, action TEXT NOT NULL,
        content_hash TEXT NOT NULL, resource TEXT NOT NULL, at BIGINT NOT NULL,
        PRIMARY KEY (user_id, key)
      );
      CREATE INDEX idempotency_keys_age ON idempotency_keys (at);
    `,
  },
]
