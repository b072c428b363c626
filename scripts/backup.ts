// Copies the database of a server, which may be running: npm run backup -- file. See docs/running.md.
import { resolve } from 'node:path'
import { loadConfig } from '../packages/server/src/config.ts'
import { StartError } from '../packages/server/src/core/start-error.ts'
import { backupSqlite } from '../packages/server/src/platform/db/sqlite/backup.ts'

/** A copy put back is not the rooms' latest state: clients that saw more must not take it for that. */
const newEpochs = 'UPDATE rooms SET epoch = lower(hex(randomblob(9)))'

function main([file]: readonly string[]): void {
  if (file === undefined) throw new StartError('Name the file to write: npm run backup -- ../parlor-backup.db')
  const { database } = loadConfig([]).config
  if (database.kind !== 'sqlite')
    throw new StartError('DATABASE_URL names a PostgreSQL server: its own pg_dump makes the backup (docs/running.md).')
  process.umask(0o077)
  const bytes = backupSqlite(database.file, resolve(file), [newEpochs])
  process.stdout.write(`${resolve(file)}: ${bytes} bytes\n`)
}

try {
  main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof StartError)) throw error
  process.stderr.write(`No backup was made. ${error.message}\n`)
  process.exitCode = 1
}
