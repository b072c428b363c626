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
  }
  /** The engine's, of which this feature only reads. */
  rooms: {
    num: number
    id: string
    kind: string
    last_seq: number
    member_count: number
    created_at: number
    closed_at: number | null
  }
  members: { room: number; user: number }
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
]
