// Keeps a small database of this release on SQLite and on PostgreSQL, for the tests of later ones: npm run release-data
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../packages/server/src/core/start-error.ts'
import { postgresMissing, startPostgres } from '../test/harness/postgres.ts'
import { startServer, temporaryFolder } from '../test/harness/server.ts'
import { dumpPostgres } from '../test/releases/dump-postgres.ts'
import { readGallery } from '../test/releases/gallery.ts'
import {
  type DatabaseName,
  databaseFiles,
  filesFolder,
  folderOf,
  type KeptStory,
  releasesFolder,
  sayTooLarge,
} from '../test/releases/kept.ts'
import { sayMissingSteps } from '../test/releases/missing-steps.ts'
import { missedInGarden, password, readStory, secretKey, tellStory } from '../test/releases/story.ts'

async function main(): Promise<void> {
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const folder = join(releasesFolder, version)
  if (existsSync(folder))
    throw new StartError(
      `${folder} is there, and what a release wrote is not written again: raise the version in package.json first.`,
    )
  if (postgresMissing !== false) throw new StartError(`There are ${postgresMissing}.`)
  // Outside of a whole folder nothing is kept: the tests take every folder here for a release.
  try {
    await keepSqlite(version)
    await keepPostgres(version)
    for (const name of ['SQLite', 'PostgreSQL'] as const) {
      const told = sayTooLarge(join(folderOf(version, name), databaseFiles[name]))
      if (told !== null) throw new StartError(told)
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
  process.stdout.write(`${folder}: add it to the repository\n`)
}

async function keepSqlite(version: string): Promise<void> {
  await using data = await temporaryFolder()
  await tellAndKeep(version, 'SQLite', data.path, {})
  const file = databaseFiles.SQLite
  if (readdirSync(data.path).includes(`${file}-wal`)) throw new Error('The server stopped and left a write-ahead log')
  copyFileSync(join(data.path, file), join(folderOf(version, 'SQLite'), file))
  const told = sayMissingSteps(join(data.path, file))
  if (told !== null) throw new StartError(told)
}

async function keepPostgres(version: string): Promise<void> {
  await using data = await temporaryFolder()
  const postgres = await startPostgres({ durable: false })
  try {
    const url = await postgres.createDatabase('release')
    await tellAndKeep(version, 'PostgreSQL', data.path, { DATABASE_URL: url })
    writeFileSync(join(folderOf(version, 'PostgreSQL'), databaseFiles.PostgreSQL), await dumpPostgres(url))
  } finally {
    await postgres.stop()
  }
}

/** The server stops before the reading, so that everyone is away, as they are when a later release starts. */
async function tellAndKeep(
  version: string,
  database: DatabaseName,
  dataDir: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  await using server = await startServer({ dataDir, env: { ...env, SECRET_KEY: secretKey } })
  const story = await tellStory(server)
  await server.stop()
  await server.start()
  const readings = await readStory(server.url, story)
  const { seq, events, records } = await missedInGarden(server.url, story)
  const files = await readGallery(server.url, story.gallery, story.people.ann)
  const status = await server.stop()
  if (status !== 0) throw new Error(`The server ended with ${status}`)
  const written_at = new Date().toISOString()
  const kept: KeptStory = {
    written_at,
    secret_key: secretKey,
    password,
    story,
    readings,
    files,
    missed: { seq, events, records },
  }
  mkdirSync(folderOf(version, database), { recursive: true })
  // Stored under random names; what is still arriving is nobody's after a restart.
  cpSync(join(dataDir, filesFolder), join(folderOf(version, database), filesFolder), { recursive: true })
  writeFileSync(join(folderOf(version, database), 'kept.json'), `${JSON.stringify(kept, null, 1)}\n`)
}

try {
  await main()
} catch (error) {
  if (!(error instanceof StartError)) throw error
  process.stderr.write(`Nothing was kept. ${error.message}\n`)
  process.exitCode = 1
}
