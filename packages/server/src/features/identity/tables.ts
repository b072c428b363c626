import type { Generated } from 'kysely'
import type { Migration } from '../../platform/db/database.ts'

export type IdentityTables = {
  users: {
    num: Generated<number>
    id: string
    username: string
    /** The username as comparisons see it: `nameKey`. */
    username_key: string
    email: string | null
    guest: 0 | 1
    avatar_url: string | null
    created_at: number
  }
  sessions: { id: string; user_num: number; created_at: number; expires_at: number; revoked_at: number | null }
}

/** Accounts have their usernames for themselves; guests may share theirs. */
export const identityMigrations: readonly Migration[] = [
  {
    id: '0100-identity-guests',
    sqlite: `
      CREATE TABLE users (
        num INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        username TEXT NOT NULL, username_key TEXT NOT NULL, email TEXT,
        guest INTEGER NOT NULL, avatar_url TEXT, created_at INTEGER NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX users_accounts ON users (username_key) WHERE guest = 0;
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY, user_num INTEGER NOT NULL REFERENCES users (num),
        created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX sessions_user ON sessions (user_num);
    `,
    postgres: `
      CREATE TABLE users (
        num BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id TEXT NOT NULL UNIQUE,
        username TEXT NOT NULL, username_key TEXT COLLATE "C" NOT NULL, email TEXT,
        guest SMALLINT NOT NULL, avatar_url TEXT, created_at BIGINT NOT NULL
      );
      CREATE UNIQUE INDEX users_accounts ON users (username_key) WHERE guest = 0;
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY, user_num BIGINT NOT NULL REFERENCES users (num),
        created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, revoked_at BIGINT
      );
      CREATE INDEX sessions_user ON sessions (user_num);
    `,
  },
]
