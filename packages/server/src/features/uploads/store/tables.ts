import type { Generated } from 'kysely'
import type { Migration } from '../../../platform/db/database.ts'

/**
 * `removed`: not found any more, and swept next. `picture`: stands for its owner or, with a `room_id`, for that room, and is no
 * file of its owner for anything else (rule UP16).
 */
export type FileState = 'uploading' | 'processing' | 'ready' | 'removed' | 'picture'

export type UploadTables = {
  files: {
    id: string
    /** The num of its uploader. */
    owner: number
    /** The room that it was sent for or is attached in; '': none. */
    room_id: string
    /** The seq of the message that it is attached to; null: of none. */
    seq: number | null
    state: FileState
    name: string
    alt: string | null
    /** Bytes: declared while it arrives, then as they are served. */
    size: number
    /** Bytes that count for quotas. */
    charged: number
    /** The blob, or the arrival, of the file itself. */
    blob: string
    /** JSON of `facts` in state.ts. */
    facts: string
    created_at: number
    /** When its state changed, or bytes were added. */
    changed_at: number
  }
  /** Every blob of a file, its smaller copies too; a blob that is not here is nobody's. */
  file_blobs: { blob: string; file: string }
  /** Bytes and number of the files of a user (`ref`: its num) or room (`ref`: its id). `last_file`: the last that was counted. */
  file_usage: { scope: 'user' | 'room'; ref: string; bytes: number; files: number; last_file: Generated<string> }
  /** Closed rooms whose files are not removed yet. */
  file_rooms_closed: { room_id: string }
}

export const uploadMigrations: readonly Migration[] = [
  {
    id: '0250-uploads',
    sqlite: `
      CREATE TABLE files (
        id TEXT PRIMARY KEY, owner INTEGER NOT NULL, room_id TEXT NOT NULL, seq INTEGER,
        state TEXT NOT NULL, name TEXT NOT NULL, alt TEXT, size INTEGER NOT NULL, charged INTEGER NOT NULL,
        blob TEXT NOT NULL, facts TEXT NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX files_owner ON files (owner);
      CREATE INDEX files_message ON files (room_id, seq) WHERE seq IS NOT NULL;
      CREATE INDEX files_loose ON files (changed_at) WHERE seq IS NULL OR state = 'removed';
      CREATE TABLE file_blobs (blob TEXT PRIMARY KEY, file TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX file_blobs_file ON file_blobs (file);
      CREATE TABLE file_usage (
        scope TEXT NOT NULL, ref TEXT NOT NULL, bytes INTEGER NOT NULL, files INTEGER NOT NULL,
        last_file TEXT NOT NULL DEFAULT '', PRIMARY KEY (scope, ref)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE file_rooms_closed (room_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    `,
    postgres: `
      CREATE TABLE files (
        id TEXT COLLATE "C" PRIMARY KEY, owner BIGINT NOT NULL, room_id TEXT COLLATE "C" NOT NULL, seq BIGINT,
        state TEXT NOT NULL, name TEXT NOT NULL, alt TEXT, size BIGINT NOT NULL, charged BIGINT NOT NULL,
        blob TEXT NOT NULL, facts TEXT NOT NULL, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL
      );
      CREATE INDEX files_owner ON files (owner);
      CREATE INDEX files_message ON files (room_id, seq) WHERE seq IS NOT NULL;
      CREATE INDEX files_loose ON files (changed_at) WHERE seq IS NULL OR state = 'removed';
      CREATE TABLE file_blobs (blob TEXT COLLATE "C" PRIMARY KEY, file TEXT COLLATE "C" NOT NULL);
      CREATE INDEX file_blobs_file ON file_blobs (file);
      CREATE TABLE file_usage (
        scope TEXT NOT NULL, ref TEXT COLLATE "C" NOT NULL, bytes BIGINT NOT NULL, files BIGINT NOT NULL,
        last_file TEXT NOT NULL DEFAULT '', PRIMARY KEY (scope, ref)
      );
      CREATE TABLE file_rooms_closed (room_id TEXT COLLATE "C" PRIMARY KEY);
    `,
  },
  {
    id: '0252-uploads-pictures',
    sqlite: "CREATE INDEX files_pictures ON files (id) WHERE state = 'picture'",
    postgres: "CREATE INDEX files_pictures ON files (id) WHERE state = 'picture'",
  },
]
