import { jobsOfRows } from '../../platform/jobs/jobs.ts'
import type { Migration } from '../../platform/db/database.ts'

export type RoomsTables = {
  room_profiles: {
    room: number
    is_private: 0 | 1
    host: number
    name: string
    host_id: string | null
    /** JSON texts. */
    capabilities: string
    settings: string
    movie_source: string | null
    /** The path of a picture on this server. */
    picture_url: string | null
    owner: number
    owner_id: string | null
    stood_in: string | null
    host_rights: string
    /** A hash. */
    password: string | null
    /** The version of what the JSON texts hold (rule RM13). */
    v: number
  }
  /** When a node last saw the host present in the room (rule HO3). */
  room_hosts: { room: number; seen_at: number }
  /** An index over records about users (waiting, banned, sent out, let in): by user, and by when a waiting user was last seen (rule W4). */
  room_outsiders: {
    room: number
    user_id: string
    /** The record's type. */
    why: string
    /** When the waiting user was last seen; null for other types. */
    seen_at: number | null
  }
  /** Open public rooms; the list shows the highest rank first (rule DR1). */
  room_directory: { room: number; rank: number; created_at: number }
}

/** Fills the table with existing public rooms, ranked by their last event, since past presence is not stored. */
const directoryOfBefore = `
  INSERT INTO room_directory (room, rank, created_at)
  SELECT r.num, COALESCE((SELECT e.at FROM events e WHERE e.room = r.num ORDER BY e.seq DESC LIMIT 1), r.created_at) - 86400000,
    r.created_at
  FROM rooms r JOIN room_profiles p ON p.room = r.num WHERE p.is_private = 0 AND r.closed_at IS NULL;
`

/** Gives stand-ins from before this column the rights that it would have given them (rule HO5). */
const standInsOfBefore = `
  UPDATE room_profiles SET host_rights = CASE
    WHEN stood_in = 'cohost' THEN 'cohost'
    WHEN EXISTS (SELECT 1 FROM users h WHERE h.num = room_profiles.host AND h.guest = 1)
      AND EXISTS (SELECT 1 FROM users o WHERE o.num = room_profiles.owner AND o.guest = 0) THEN 'controls'
    ELSE 'order' END
  WHERE host <> owner AND owner <> 0;
`

/** Fills the table from the records that existed before it. */
const outsidersOfBefore = `
  INSERT INTO room_outsiders (room, user_id, why, seen_at)
  SELECT r.room, r.key, r.type, CASE r.type WHEN 'waiting' THEN r.at END
  FROM records r JOIN rooms ON rooms.num = r.room
  WHERE r.type IN ('waiting', 'ban') AND r.value IS NOT NULL AND rooms.closed_at IS NULL;
`

const waitingRooms = {
  ...{ name: 'rooms.sweepWaiting', room: 'num', key: `'waiting'`, due_at: '0' },
  from: `(SELECT num, id FROM rooms WHERE num IN (SELECT room FROM room_outsiders WHERE why = 'waiting')) AS waiting`,
}

export const roomProfileMigrations: readonly Migration[] = [
  {
    id: '0200-rooms-profiles',
    sqlite: `
      CREATE TABLE room_profiles (
        room INTEGER PRIMARY KEY, is_private INTEGER NOT NULL, host INTEGER NOT NULL,
        name TEXT NOT NULL, host_id TEXT, capabilities TEXT NOT NULL, settings TEXT NOT NULL, movie_source TEXT
      ) STRICT;
    `,
    postgres: `
      CREATE TABLE room_profiles (
        room BIGINT PRIMARY KEY, is_private SMALLINT NOT NULL, host BIGINT NOT NULL,
        name TEXT NOT NULL, host_id TEXT, capabilities TEXT NOT NULL, settings TEXT NOT NULL, movie_source TEXT
      );
    `,
  },
  {
    id: '0210-rooms-owners',
    sqlite: `
      ALTER TABLE room_profiles ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE room_profiles ADD COLUMN owner_id TEXT;
      ALTER TABLE room_profiles ADD COLUMN stood_in TEXT;
      ALTER TABLE room_profiles ADD COLUMN password TEXT;
      UPDATE room_profiles SET owner = host, owner_id = host_id;
      CREATE TABLE room_hosts (room INTEGER PRIMARY KEY, seen_at INTEGER NOT NULL) STRICT;
    `,
    postgres: `
      ALTER TABLE room_profiles ADD COLUMN owner BIGINT NOT NULL DEFAULT 0;
      ALTER TABLE room_profiles ADD COLUMN owner_id TEXT;
      ALTER TABLE room_profiles ADD COLUMN stood_in TEXT;
      ALTER TABLE room_profiles ADD COLUMN password TEXT;
      UPDATE room_profiles SET owner = host, owner_id = host_id;
      CREATE TABLE room_hosts (room BIGINT PRIMARY KEY, seen_at BIGINT NOT NULL);
    `,
  },
  {
    id: '0220-rooms-of-owners',
    sqlite: 'CREATE INDEX room_profiles_owner ON room_profiles (owner);',
    postgres: 'CREATE INDEX room_profiles_owner ON room_profiles (owner);',
  },
  {
    id: '0230-rooms-outsiders',
    sqlite: `
      CREATE TABLE room_outsiders (
        room INTEGER NOT NULL, user_id TEXT NOT NULL, why TEXT NOT NULL, seen_at INTEGER,
        PRIMARY KEY (room, why, user_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX room_outsiders_user ON room_outsiders (user_id);
      CREATE INDEX room_outsiders_seen ON room_outsiders (seen_at) WHERE seen_at IS NOT NULL;
      ${outsidersOfBefore}
    `,
    postgres: `
      CREATE TABLE room_outsiders (
        room BIGINT NOT NULL, user_id TEXT COLLATE "C" NOT NULL, why TEXT COLLATE "C" NOT NULL, seen_at BIGINT,
        PRIMARY KEY (room, why, user_id)
      );
      CREATE INDEX room_outsiders_user ON room_outsiders (user_id);
      CREATE INDEX room_outsiders_seen ON room_outsiders (seen_at) WHERE seen_at IS NOT NULL;
      ${outsidersOfBefore}
    `,
  },
  {
    id: '0240-rooms-host-rights',
    sqlite: `
      ALTER TABLE room_profiles ADD COLUMN host_rights TEXT NOT NULL DEFAULT 'all';
      ${standInsOfBefore}
    `,
    postgres: `
      ALTER TABLE room_profiles ADD COLUMN host_rights TEXT NOT NULL DEFAULT 'all';
      ${standInsOfBefore}
    `,
  },
  {
    id: '0250-rooms-directory',
    sqlite: `
      CREATE TABLE room_directory (
        room INTEGER PRIMARY KEY, rank INTEGER NOT NULL, created_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX room_directory_rank ON room_directory (rank, room);
      ${directoryOfBefore}
    `,
    postgres: `
      CREATE TABLE room_directory (room BIGINT PRIMARY KEY, rank BIGINT NOT NULL, created_at BIGINT NOT NULL);
      CREATE INDEX room_directory_rank ON room_directory (rank, room);
      ${directoryOfBefore}
    `,
  },
  {
    id: '0260-rooms-profile-versions',
    sqlite: 'ALTER TABLE room_profiles ADD COLUMN v INTEGER NOT NULL DEFAULT 1',
    postgres: 'ALTER TABLE room_profiles ADD COLUMN v SMALLINT NOT NULL DEFAULT 1',
  },
  {
    // Waiting lists are swept by a timer of their room since then.
    id: '0270-rooms-waiting-timers',
    sqlite: jobsOfRows('sqlite', { ...waitingRooms, payload: `json_object('room_id', id)` }),
    postgres: jobsOfRows('postgres', { ...waitingRooms, payload: `json_build_object('room_id', id)::text` }),
  },
  {
    id: '0280-rooms-pictures',
    sqlite: 'ALTER TABLE room_profiles ADD COLUMN picture_url TEXT',
    postgres: 'ALTER TABLE room_profiles ADD COLUMN picture_url TEXT',
  },
]
