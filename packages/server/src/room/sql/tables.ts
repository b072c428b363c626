import type { Migration } from '../../platform/db/database.ts'

/**
 * The engine's tables. Integer keys inside, text ids outside; `(room, seq)` orders everything.
 * - `events.body` is '' once redacted or pruned; the row stays, for its client_id (rule I4).
 * - `events.expires_at` is null where the body is kept for good, so that pruning costs those events nothing.
 * - `records.value` null is a tombstone; `unset` names the properties that it once had (see record-change.ts).
 */
export const roomMigrations: readonly Migration[] = [
  {
    id: '0001-room-log',
    sqlite: `
      CREATE TABLE rooms (
        num INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, epoch TEXT NOT NULL,
        last_seq INTEGER NOT NULL, floor_seq INTEGER NOT NULL, member_count INTEGER NOT NULL,
        record_count INTEGER NOT NULL, record_bytes INTEGER NOT NULL,
        created_at INTEGER NOT NULL, closed_at INTEGER
      ) STRICT;
      CREATE TABLE members (
        room INTEGER NOT NULL, user INTEGER NOT NULL, role TEXT NOT NULL, joined_at INTEGER NOT NULL,
        PRIMARY KEY (room, user)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX members_joined ON members (room, joined_at, user);
      CREATE INDEX members_rooms ON members (user, room);
      CREATE TABLE events (
        room INTEGER NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL, v INTEGER NOT NULL, actor INTEGER NOT NULL,
        client_id TEXT, action TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL, expires_at INTEGER,
        PRIMARY KEY (room, seq)
      ) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX events_client ON events (room, actor, client_id) WHERE client_id IS NOT NULL;
      CREATE INDEX events_expiry ON events (expires_at) WHERE expires_at IS NOT NULL;
      CREATE TABLE records (
        room INTEGER NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL,
        value TEXT, unset TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (room, type, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX records_seq ON records (room, seq);
      CREATE INDEX records_tombstones ON records (room, seq) WHERE value IS NULL;
      CREATE TABLE jobs (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL,
        run_at INTEGER NOT NULL, created_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX jobs_due ON jobs (run_at);
    `,
    postgres: `
      CREATE TABLE rooms (
        num BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
        epoch TEXT NOT NULL, last_seq BIGINT NOT NULL, floor_seq BIGINT NOT NULL, member_count BIGINT NOT NULL,
        record_count BIGINT NOT NULL, record_bytes BIGINT NOT NULL,
        created_at BIGINT NOT NULL, closed_at BIGINT
      );
      CREATE TABLE members (
        room BIGINT NOT NULL, "user" BIGINT NOT NULL, role TEXT NOT NULL, joined_at BIGINT NOT NULL,
        PRIMARY KEY (room, "user")
      );
      CREATE INDEX members_joined ON members (room, joined_at, "user");
      CREATE INDEX members_rooms ON members ("user", room);
      CREATE TABLE events (
        room BIGINT NOT NULL, seq BIGINT NOT NULL, type TEXT NOT NULL, v BIGINT NOT NULL, actor BIGINT NOT NULL,
        client_id TEXT COLLATE "C", action TEXT NOT NULL, body TEXT NOT NULL, at BIGINT NOT NULL, expires_at BIGINT,
        PRIMARY KEY (room, seq)
      );
      CREATE UNIQUE INDEX events_client ON events (room, actor, client_id) WHERE client_id IS NOT NULL;
      CREATE INDEX events_expiry ON events (expires_at) WHERE expires_at IS NOT NULL;
      CREATE TABLE records (
        room BIGINT NOT NULL, type TEXT COLLATE "C" NOT NULL, key TEXT COLLATE "C" NOT NULL, seq BIGINT NOT NULL,
        value TEXT, unset TEXT NOT NULL, at BIGINT NOT NULL,
        PRIMARY KEY (room, type, key)
      );
      CREATE INDEX records_seq ON records (room, seq);
      CREATE INDEX records_tombstones ON records (room, seq) WHERE value IS NULL;
      CREATE TABLE jobs (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL,
        run_at BIGINT NOT NULL, created_at BIGINT NOT NULL
      );
      CREATE INDEX jobs_due ON jobs (run_at);
    `,
  },
]
