import type { Generated } from 'kysely'
import type { Migration, Row } from '../../platform/db/database.ts'
import { jobsOfRows } from '../../platform/jobs/jobs.ts'

export type IdentityTables = {
  users: {
    num: Generated<number>
    id: string
    username: string
    /** The username as it is compared: `nameKey`. */
    username_key: string
    email: string | null
    guest: 0 | 1
    /** The path of a picture on this server; an address that an earlier release accepted is not read (rule P3). */
    avatar_url: string | null
    created_at: number
    /** The e-mail address as it is compared: `emailKey`; in rows of earlier releases `nameKey`. */
    email_key: string | null
    /** For an account with a password: a hash by `Passwords.hash`, or one imported from another server. */
    password_hash: string | null
    deleted_at: number | null
    /** For an account: the key that it shares with names that look alike (rule A13); null: not computed yet. */
    look_key: string | null
    shown_key: string | null
    /** 1: another account's name looked the same when the keys were computed; both stay. */
    look_shared: Generated<0 | 1>
    /** 1: administers the server (rule AD2). */
    admin: Generated<0 | 1>
  }
  sessions: {
    id: string
    user_num: number
    created_at: number
    expires_at: number
    revoked_at: number | null
    user_agent: string | null
    address: string | null
    /** null: not since it was opened. */
    last_seen_at: number | null
    /** How often it was refreshed; a refresh token carries the count at which it was issued (rule T5). */
    refreshes: Generated<number>
    refreshed_at: number | null
  }
  /** Hashes of devices and addresses from which users signed in (rule A11), with the latest session from each. */
  known_origins: { user_num: number; kind: 'device' | 'address'; key: string; session_id: string; seen_at: number }
  /**
   * API keys that are not revoked. `hash`: `hashOfKey`. `access`: JSON text of version `v`, what the key may do. Times in ms;
   * null: it never expires, or was not used yet.
   */
  api_keys: {
    id: string
    user_num: number
    name: string
    hash: string
    prefix: string
    v: number
    access: string
    created_at: number
    expires_at: number | null
    last_used_at: number | null
  }
  /**
   * Changes that other nodes must apply (rule T6). `ref`: the id of a session or an API key that ended, the num of a user who changed, or
   * the ids of a session and of the one that took over its connections; '' for `server`: administrators or choices changed.
   */
  identity_changes: {
    num: Generated<number>
    kind: 'session' | 'profile' | 'moved' | 'server'
    ref: string
    at: number
  }
}

export type ProfileRow = Row & { num: number; id: string; username: string; guest: number; avatar_url: string | null }
export const profileColumns = ['users.num', 'users.id', 'users.username', 'users.guest', 'users.avatar_url'] as const

/** Usernames of accounts are unique; guests may share theirs. */
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
  {
    id: '0110-identity-accounts',
    sqlite: `
      ALTER TABLE users ADD COLUMN email_key TEXT;
      ALTER TABLE users ADD COLUMN password_hash TEXT;
      ALTER TABLE users ADD COLUMN deleted_at INTEGER;
      CREATE UNIQUE INDEX users_emails ON users (email_key) WHERE email_key IS NOT NULL;
      ALTER TABLE sessions ADD COLUMN user_agent TEXT;
      ALTER TABLE sessions ADD COLUMN address TEXT;
      ALTER TABLE sessions ADD COLUMN last_seen_at INTEGER;
      ALTER TABLE sessions ADD COLUMN refreshes INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE sessions ADD COLUMN refreshed_at INTEGER;
      CREATE INDEX sessions_expiry ON sessions (expires_at);
      CREATE TABLE identity_changes (
        num INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, ref TEXT NOT NULL, at INTEGER NOT NULL
      ) STRICT;
    `,
    postgres: `
      ALTER TABLE users ADD COLUMN email_key TEXT COLLATE "C";
      ALTER TABLE users ADD COLUMN password_hash TEXT;
      ALTER TABLE users ADD COLUMN deleted_at BIGINT;
      CREATE UNIQUE INDEX users_emails ON users (email_key) WHERE email_key IS NOT NULL;
      ALTER TABLE sessions ADD COLUMN user_agent TEXT;
      ALTER TABLE sessions ADD COLUMN address TEXT;
      ALTER TABLE sessions ADD COLUMN last_seen_at BIGINT;
      ALTER TABLE sessions ADD COLUMN refreshes BIGINT NOT NULL DEFAULT 0;
      ALTER TABLE sessions ADD COLUMN refreshed_at BIGINT;
      CREATE INDEX sessions_expiry ON sessions (expires_at);
      CREATE TABLE identity_changes (
        num BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind TEXT NOT NULL, ref TEXT NOT NULL, at BIGINT NOT NULL
      );
    `,
  },
  {
    id: '0120-identity-known-origins',
    sqlite: `
      CREATE TABLE known_origins (
        user_num INTEGER NOT NULL REFERENCES users (num), kind TEXT NOT NULL, key TEXT NOT NULL,
        session_id TEXT NOT NULL, seen_at INTEGER NOT NULL, PRIMARY KEY (user_num, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX known_origins_seen ON known_origins (seen_at);
    `,
    postgres: `
      CREATE TABLE known_origins (
        user_num BIGINT NOT NULL REFERENCES users (num), kind TEXT NOT NULL, key TEXT COLLATE "C" NOT NULL,
        session_id TEXT NOT NULL, seen_at BIGINT NOT NULL, PRIMARY KEY (user_num, key)
      );
      CREATE INDEX known_origins_seen ON known_origins (seen_at);
    `,
  },
  {
    // The keys of names stored already are computed by code when the server starts (rule A13).
    id: '0130-identity-looks',
    sqlite: `
      ALTER TABLE users ADD COLUMN look_key TEXT;
      ALTER TABLE users ADD COLUMN shown_key TEXT;
      ALTER TABLE users ADD COLUMN look_shared INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX users_looks ON users (look_key) WHERE look_key IS NOT NULL;
      CREATE INDEX users_shown ON users (shown_key) WHERE shown_key IS NOT NULL;
      CREATE UNIQUE INDEX users_own_look ON users (look_key) WHERE look_key IS NOT NULL AND look_shared = 0;
      CREATE UNIQUE INDEX users_own_shown ON users (shown_key) WHERE shown_key IS NOT NULL AND look_shared = 0;
    `,
    postgres: `
      ALTER TABLE users ADD COLUMN look_key TEXT COLLATE "C";
      ALTER TABLE users ADD COLUMN shown_key TEXT COLLATE "C";
      ALTER TABLE users ADD COLUMN look_shared SMALLINT NOT NULL DEFAULT 0;
      CREATE INDEX users_looks ON users (look_key) WHERE look_key IS NOT NULL;
      CREATE INDEX users_shown ON users (shown_key) WHERE shown_key IS NOT NULL;
      CREATE UNIQUE INDEX users_own_look ON users (look_key) WHERE look_key IS NOT NULL AND look_shared = 0;
      CREATE UNIQUE INDEX users_own_shown ON users (shown_key) WHERE shown_key IS NOT NULL AND look_shared = 0;
    `,
  },
  {
    id: '0140-identity-deletions',
    sqlite: `
      CREATE TABLE account_deletions (
        user_num INTEGER PRIMARY KEY, user_id TEXT NOT NULL, due_at INTEGER NOT NULL,
        position TEXT, clean INTEGER NOT NULL, passes INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX account_deletions_due ON account_deletions (due_at);
    `,
    postgres: `
      CREATE TABLE account_deletions (
        user_num BIGINT PRIMARY KEY, user_id TEXT COLLATE "C" NOT NULL, due_at BIGINT NOT NULL,
        position TEXT COLLATE "C", clean SMALLINT NOT NULL, passes BIGINT NOT NULL
      );
      CREATE INDEX account_deletions_due ON account_deletions (due_at);
    `,
  },
  {
    // Deletions are jobs since then.
    id: '0150-identity-deletion-jobs',
    sqlite: `
      ${jobsOfRows('sqlite', {
        ...{ name: 'identity.deleteAccount', due_at: 'due_at', from: 'account_deletions' },
        payload: `json_object('user', json_object('num', user_num, 'id', user_id), 'position', position,
          'clean', json(CASE clean WHEN 1 THEN 'true' ELSE 'false' END), 'passes', passes)`,
      })}
      DROP TABLE account_deletions;
    `,
    postgres: `
      ${jobsOfRows('postgres', {
        ...{ name: 'identity.deleteAccount', due_at: 'due_at', from: 'account_deletions' },
        payload: `json_build_object('user', json_build_object('num', user_num, 'id', user_id), 'position', position,
          'clean', clean = 1, 'passes', passes)::text`,
      })}
      DROP TABLE account_deletions;
    `,
  },
  {
    id: '0160-identity-administrators',
    sqlite: `
      ALTER TABLE users ADD COLUMN admin INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX users_admins ON users (num) WHERE admin = 1;
    `,
    postgres: `
      ALTER TABLE users ADD COLUMN admin SMALLINT NOT NULL DEFAULT 0;
      CREATE INDEX users_admins ON users (num) WHERE admin = 1;
    `,
  },
  {
    id: '0170-identity-api-keys',
    sqlite: `
      CREATE TABLE api_keys (
        id TEXT PRIMARY KEY, user_num INTEGER NOT NULL REFERENCES users (num), name TEXT NOT NULL, hash TEXT NOT NULL,
        prefix TEXT NOT NULL, v INTEGER NOT NULL, access TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER,
        last_used_at INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX api_keys_hashes ON api_keys (hash);
      CREATE INDEX api_keys_users ON api_keys (user_num);
    `,
    postgres: `
      CREATE TABLE api_keys (
        id TEXT COLLATE "C" PRIMARY KEY, user_num BIGINT NOT NULL REFERENCES users (num), name TEXT NOT NULL,
        hash TEXT COLLATE "C" NOT NULL, prefix TEXT NOT NULL, v BIGINT NOT NULL, access TEXT NOT NULL,
        created_at BIGINT NOT NULL, expires_at BIGINT, last_used_at BIGINT
      );
      CREATE UNIQUE INDEX api_keys_hashes ON api_keys (hash);
      CREATE INDEX api_keys_users ON api_keys (user_num);
    `,
  },
]
