import type { Migration } from '../../platform/db/database.ts'

export type MessagesTables = { messages: { room: number; seq: number; id: string; content_seq: number | null } }

/**
 * An index over the events that are messages: by `(room, seq)` for pages, by `id` for replies. `content_seq` is the event
 * that carries the current content; null: the first one (rule H5).
 */
export const messageMigrations: readonly Migration[] = [
  {
    id: '0300-messages',
    sqlite: `
      CREATE TABLE messages (
        room INTEGER NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
        PRIMARY KEY (room, seq)
      ) STRICT, WITHOUT ROWID;
    `,
    postgres: `
      CREATE TABLE messages (
        room BIGINT NOT NULL, seq BIGINT NOT NULL, id TEXT COLLATE "C" NOT NULL UNIQUE,
        PRIMARY KEY (room, seq)
      );
    `,
  },
  {
    id: '0301-messages-content',
    sqlite: 'ALTER TABLE messages ADD COLUMN content_seq INTEGER',
    postgres: 'ALTER TABLE messages ADD COLUMN content_seq BIGINT',
  },
]
