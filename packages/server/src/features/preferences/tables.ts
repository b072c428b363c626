import type { Migration } from '../../platform/db/database.ts'

export type PreferencesTables = {
  /** `notify`: `all` or `none`. `until`: when `none` ends, in ms; null: never. Times in ms. */
  room_preferences: {
    user: number
    room: number
    notify: string
    until: number | null
    favorite: 0 | 1
    group_name: string | null
    changed_at: number
  }
}

export const preferenceMigrations: readonly Migration[] = [
  {
    id: '0710-preferences',
    sqlite: `
      CREATE TABLE room_preferences (
        user INTEGER NOT NULL, room INTEGER NOT NULL, notify TEXT NOT NULL, until INTEGER, favorite INTEGER NOT NULL,
        group_name TEXT, changed_at INTEGER NOT NULL,
        PRIMARY KEY (user, room)
      ) STRICT, WITHOUT ROWID;
    `,
    postgres: `
      CREATE TABLE room_preferences (
        "user" BIGINT NOT NULL, room BIGINT NOT NULL, notify TEXT NOT NULL, until BIGINT, favorite BIGINT NOT NULL,
        group_name TEXT, changed_at BIGINT NOT NULL,
        PRIMARY KEY ("user", room)
      );
    `,
  },
]
