import { mkdtempSync, rmSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyDatabase, type Postgres, sharedPostgres } from '../../../../../../test/harness/postgres.ts'
import type { Migration } from '../database.ts'
import { type AnyDatabase, openDatabase } from '../open-database.ts'
import { lateCheckpoints } from './late-checkpoints.ts'

/** Gives each test a new, empty database with the tables of these migrations. */
export type Backend = { open(): Promise<AnyDatabase>; stop(): Promise<void> }

export function sqliteBackend(migrations: readonly Migration[]): Backend & { folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-databases-'))
  let made = 0
  /** A database with the tables and nothing else: to copy it costs a fraction of making them. */
  let migrated: Promise<string> | null = null
  const onFailure = (error: Error) => {
    throw error
  }
  const openAt = (file: string) =>
    openDatabase({ target: { kind: 'sqlite', file }, migrations, onFailure, checkpoints: lateCheckpoints })
  async function migrate(): Promise<string> {
    const file = join(folder, 'migrated', 'x.db')
    await (await openAt(file)).close()
    return file
  }
  return {
    folder,
    async open() {
      migrated ??= migrate()
      const file = join(folder, `${++made}`, 'x.db')
      await cp(await migrated, file)
      return openAt(file)
    },
    stop: async () => rmSync(folder, { recursive: true }),
  }
}

export function postgresBackend(
  migrations: readonly Migration[],
  server: Promise<Postgres> = sharedPostgres(),
): Backend {
  /** Databases that were closed: to empty one costs a tenth of making one. */
  const free: string[] = []
  return {
    async open() {
      const used = free.pop()
      if (used !== undefined) await emptyDatabase(used)
      const url = used ?? (await (await server).createDatabase('backend'))
      const db = await openDatabase({ target: { kind: 'postgres', url }, migrations, onFailure: () => undefined })
      const close = async () => {
        await db.close()
        free.push(url)
      }
      return { ...db, close }
    },
    stop: async () => (await server).stop(),
  }
}
