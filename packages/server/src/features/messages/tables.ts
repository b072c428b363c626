import type { Migration } from '../../platform/db/database.ts'

export type MessagesTables = {
  messages: {
    room: number
    seq: number
    id: string
    content_seq: number | null
    n: number | null
    author: number | null
  }
}

/** The place of each message among those of its room, and who sent those that are still there. */
const numbered = `
  UPDATE messages SET n = o.n FROM (SELECT room, seq, row_number() OVER (PARTITION BY room ORDER BY seq) AS n FROM messages) AS o
  WHERE o.room = messages.room AND o.seq = messages.seq;
  UPDATE messages SET author = CASE WHEN e.body = '' AND messages.content_seq IS NULL THEN 0 ELSE e.actor END
  FROM events AS e WHERE e.room = messages.room AND e.seq = messages.seq;
`

/** The list of files.ts in which a file stood when its kind was a word in its facts. */
const list = `CASE WHEN f.facts LIKE '%"kind":"image"%' OR f.facts LIKE '%"kind":"video"%' THEN 'media'
                   WHEN f.facts LIKE '%"kind":"audio"%' THEN 'audio' ELSE 'file' END`
const carried = `INSERT INTO message_files (room, kind, seq)
                 SELECT DISTINCT r.num, ${list}, f.seq FROM files f JOIN rooms r ON r.id = f.room_id
                 WHERE f.seq IS NOT NULL AND f.state <> 'removed'`

/**
 * An index over the events that are messages: by `(room, seq)` for pages, by `id` for replies. `content_seq` is the event
 * that carries the current content; null: the first one (rule H5). `n` counts the room's messages in order, and `author` is the
 * sender, 0 once the message was deleted (rule H6); both are null in rows of earlier releases that run beside this one.
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
  {
    // Which messages of a room carry files of which list (rule FL1).
    id: '0302-message-files',
    sqlite: `
      CREATE TABLE message_files (
        room INTEGER NOT NULL, kind TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (room, kind, seq)
      ) STRICT, WITHOUT ROWID;
      ${carried};
    `,
    postgres: `
      CREATE TABLE message_files (
        room BIGINT NOT NULL, kind TEXT COLLATE "C" NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (room, kind, seq)
      );
      ${carried};
    `,
  },
  {
    // How many messages follow on a seq, without reading them (rule H6).
    id: '0303-message-numbers',
    sqlite: `
      ALTER TABLE messages ADD COLUMN n INTEGER;
      ALTER TABLE messages ADD COLUMN author INTEGER;
      ${numbered}
      CREATE INDEX messages_authors ON messages (room, author, seq);
    `,
    postgres: `
      ALTER TABLE messages ADD COLUMN n BIGINT;
      ALTER TABLE messages ADD COLUMN author BIGINT;
      ${numbered}
      CREATE INDEX messages_authors ON messages (room, author, seq);
    `,
  },
]
