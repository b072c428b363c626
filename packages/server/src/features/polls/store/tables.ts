import type { Migration } from '../../../platform/db/database.ts'

/**
 * `seq`: the place of the message. `value`, of the version `v`: that of an open poll when it was created, of a closed one its
 * result. `open`: 1, 0, or `leftOpen`. `recorded`: the room has a record of it. `gone`: its message was deleted (rule PO14).
 */
type PollsTable = {
  room: number
  id: string
  seq: number
  v: number
  value: string
  anonymous: number
  open: number
  gone: number
  recorded: number
  closed_seq: number | null
}

/**
 * `options`: JSON text of the ids of options, null while the poll is anonymous (rule PO9). `seq` is that of the vote. `held`:
 * the voter's record still has it.
 */
type VotesTable = {
  room: number
  poll_id: string
  user_id: string
  voter: number
  options: string | null
  seq: number
  held: number
}

export type PollsTables = { polls: PollsTable; poll_votes: VotesTable }

/** `open` of a poll whose room is closed, until the server closes the poll too (rule PO17). */
export const leftOpen = 2

/** Also the polls of rooms that were closed before. */
const leftPolls = `
  CREATE INDEX polls_left ON polls (room) WHERE open = 2;
  UPDATE polls SET open = 2 WHERE open = 1 AND room IN (SELECT num FROM rooms WHERE closed_at IS NOT NULL);
`

const indexes = `
  CREATE UNIQUE INDEX polls_messages ON polls (room, seq);
  CREATE INDEX polls_of_room_open ON polls (room) WHERE open = 1;
  CREATE INDEX polls_recorded ON polls (room, closed_seq) WHERE open = 0 AND recorded = 1;
  CREATE INDEX polls_gone ON polls (room) WHERE gone = 1;
  CREATE INDEX poll_votes_in_order ON poll_votes (room, poll_id, seq);
  CREATE INDEX poll_votes_of_voter ON poll_votes (voter);
  CREATE INDEX poll_votes_held ON poll_votes (room, poll_id) WHERE held = 1;
`

export const pollMigrations: readonly Migration[] = [
  {
    id: '0800-polls',
    sqlite: `
      CREATE TABLE polls (
        room INTEGER NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, v INTEGER NOT NULL, value TEXT NOT NULL,
        anonymous INTEGER NOT NULL, open INTEGER NOT NULL, gone INTEGER NOT NULL, recorded INTEGER NOT NULL,
        closed_seq INTEGER,
        PRIMARY KEY (room, id)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE poll_votes (
        room INTEGER NOT NULL, poll_id TEXT NOT NULL, user_id TEXT NOT NULL, voter INTEGER NOT NULL, options TEXT,
        seq INTEGER NOT NULL, held INTEGER NOT NULL,
        PRIMARY KEY (room, poll_id, user_id)
      ) STRICT, WITHOUT ROWID;
      ${indexes}
    `,
    postgres: `
      CREATE TABLE polls (
        room BIGINT NOT NULL, id TEXT COLLATE "C" NOT NULL, seq BIGINT NOT NULL, v BIGINT NOT NULL, value TEXT NOT NULL,
        anonymous BIGINT NOT NULL, open BIGINT NOT NULL, gone BIGINT NOT NULL, recorded BIGINT NOT NULL,
        closed_seq BIGINT,
        PRIMARY KEY (room, id)
      );
      CREATE TABLE poll_votes (
        room BIGINT NOT NULL, poll_id TEXT COLLATE "C" NOT NULL, user_id TEXT COLLATE "C" NOT NULL,
        voter BIGINT NOT NULL, options TEXT, seq BIGINT NOT NULL, held BIGINT NOT NULL,
        PRIMARY KEY (room, poll_id, user_id)
      );
      ${indexes}
    `,
  },
  { id: '0810-polls-left', sqlite: leftPolls, postgres: leftPolls },
]
