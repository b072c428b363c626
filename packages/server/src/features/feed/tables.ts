import type { Migration } from '../../platform/db/database.ts'

export type FeedTables = {
  /**
   * Rooms with messages or other events since this table exists. `active_at` of the last message, else of the room's making;
   * `changed_at` of the last event. The other columns are of the last message; `text` is null once it was deleted, `message_id`
   * if it was sent before this table existed (rule UF2).
   */
  feed_rooms: {
    room: number
    active_at: number
    changed_at: number
    message_at: number | null
    message_seq: number | null
    message_id: string | null
    actor: number | null
    type: string | null
    text: string | null
  }
  /** Memberships that ended, or are suspended while the member is sent out. */
  feed_gone: { user: number; room: number; reason: string; at: number }
}

const messagesOfBefore = `
  INSERT INTO feed_rooms (room, active_at, changed_at, message_at)
  SELECT e.room, e.at, e.at, e.at FROM rooms r
  JOIN events e ON e.room = r.num AND e.seq = (SELECT MAX(m.seq) FROM messages m WHERE m.room = r.num)
  WHERE r.kind <> 'lobby';
`

export const feedMigrations: readonly Migration[] = [
  {
    id: '0700-feed',
    sqlite: `
      CREATE TABLE feed_rooms (
        room INTEGER PRIMARY KEY, active_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
        message_at INTEGER, message_seq INTEGER, message_id TEXT, actor INTEGER, type TEXT, text TEXT
      ) STRICT;
      CREATE TABLE feed_gone (
        user INTEGER NOT NULL, room INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (user, room)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX feed_gone_at ON feed_gone (at);
      ${messagesOfBefore}
    `,
    postgres: `
      CREATE TABLE feed_rooms (
        room BIGINT PRIMARY KEY, active_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
        message_at BIGINT, message_seq BIGINT, message_id TEXT, actor BIGINT, type TEXT, text TEXT
      );
      CREATE TABLE feed_gone (
        "user" BIGINT NOT NULL, room BIGINT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL,
        PRIMARY KEY ("user", room)
      );
      CREATE INDEX feed_gone_at ON feed_gone (at);
      ${messagesOfBefore}
    `,
  },
]
