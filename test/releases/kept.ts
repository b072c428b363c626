import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateSync } from 'node:zlib'
import type { DatabaseKind } from '../harness/databases.ts'
import type { Joined } from '../harness/wire.ts'
import type { FileReading } from './gallery.ts'
import type { Reading, Story } from './story.ts'

/** `kept.json`: what is stored beside a release's database. */
export type KeptStory = {
  /** The time at which its server stopped. */
  written_at: string
  secret_key: string
  password: string
  story: Story
  readings: Reading[]
  /** What its files and pictures were; 0.1.0 kept none. Their bytes are in the folder `files`. */
  files?: FileReading[]
  missed: Pick<Joined, 'seq' | 'events' | 'records'>
}

export const releasesFolder = fileURLToPath(new URL('.', import.meta.url))

/** The file of each database. */
export const databaseFiles = { SQLite: 'parlor.db', PostgreSQL: 'parlor.sql' } as const
/** The bytes of files, in a data folder and beside each database. */
export const filesFolder = 'files'
export type DatabaseName = DatabaseKind['name']

export const folderOf = (release: string, database: DatabaseName): string =>
  join(releasesFolder, release, database.toLowerCase())

/**
 * So that the repository stays small, which stores files compressed: in a small SQLite database most of each page is empty, and
 * each table and index has one.
 */
const maxBytes = 40_000

/** Says whether a database is too large to be kept; null: it is not. */
export function sayTooLarge(file: string): string | null {
  const bytes = deflateSync(readFileSync(file)).length
  return bytes > maxBytes ? `${file} has ${bytes} bytes compressed, over ${maxBytes}: tell a shorter story.` : null
}

/** The releases with stored data, by name. */
export const releases = (): string[] =>
  readdirSync(releasesFolder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))

export function readKept(release: string, database: DatabaseName): KeptStory {
  // Written by scripts/release-data.ts.
  return JSON.parse(readFileSync(join(folderOf(release, database), 'kept.json'), 'utf8'))
}
