import type { Migration } from '../../platform/db/database.ts'

/** `changed_at` in ms: joined, read further, or marked; 0 for members of before this table. */
export type ReadTables = {
  read_pointers: { user: number; room: number; read_seq: number; unread_from: number | null; changed_at: number }
}

/** Members of before this table have read everything (rule RS1). */
const pointersOfBefore = `
  INSERT INTO read_pointers SELECT m."user", m.room, r.last_seq, NULL, 0 FROM members m JOIN rooms r ON r.num = m.room;
`

export const readMigrations: readonly Migration[] = [
  {
    id: '0720-read-state',
    sqlite: `
      CREATE TABLE read_pointers (
        user INTEGER NOT NULL, room INTEGER NOT NULL, read_seq INTEGER NOT NULL, unread_from INTEGER,
        changed_at INTEGER NOT NULL, PRIMARY KEY (user, room)
      ) STRICT, WITHOUT ROWID;
      ${pointersOfBefore}
    `,
    postgres: `
      CREATE TABLE read_pointers (
        "user" BIGINT NOT NULL, room BIGINT NOT NULL, read_seq BIGINT NOT NULL, unread_from BIGINT,
        changed_at BIGINT NOT NULL, PRIMARY KEY ("user", room)
      );
      ${pointersOfBefore}
    `,
  },
]
