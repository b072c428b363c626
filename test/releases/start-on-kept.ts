import assert from 'node:assert/strict'
import { copyFileSync, cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database, DatabaseKind } from '../harness/databases.ts'
import { rest } from '../harness/rest.ts'
import { type Server, type ServerOptions, startServer, temporaryFolder } from '../harness/server.ts'
import { databaseFiles, filesFolder, folderOf, type KeptStory, readKept } from './kept.ts'

/** Starts the current server on a copy of a release's data, with its key and at its date. */
export async function startOnKept(
  kind: DatabaseKind,
  release: string,
  options: Pick<ServerOptions, 'program' | 'env'> = {},
): Promise<Server> {
  const { secret_key, written_at } = readKept(release, kind.name)
  await using opened = new AsyncDisposableStack()
  const folder = opened.use(await temporaryFolder())
  const database = opened.use(await kind.open())
  await load(kind, release, database, folder.path)
  const clock = new URL(`shifted-clock.ts?at=${Date.parse(written_at)}`, import.meta.url)
  const server = opened.use(
    await startServer({
      ...options,
      dataDir: folder.path,
      env: { ...options.env, ...database.env, SECRET_KEY: secret_key },
      nodeArguments: ['--import', clock.href],
    }),
  )
  const all = opened.move()
  return Object.assign(server, { [Symbol.asyncDispose]: () => all.disposeAsync() })
}

async function load(kind: DatabaseKind, release: string, database: Database, dataDir: string): Promise<void> {
  const file = join(folderOf(release, kind.name), databaseFiles[kind.name])
  const files = join(folderOf(release, kind.name), filesFolder)
  if (existsSync(files)) cpSync(files, join(dataDir, filesFolder), { recursive: true })
  if (kind.name === 'SQLite') copyFileSync(file, join(dataDir, 'parlor.db'))
  else await database.execute(dataDir, readFileSync(file, 'utf8'))
}

/** Asserts that reads of the release's rooms, people and messages still answer the same; new fields are allowed. */
export async function readAgain(url: string, { readings, story: { people } }: KeptStory): Promise<void> {
  for (const { by, path, status, body } of readings) {
    const token = by === 'nobody' ? undefined : people[by].access_token
    const now = await rest(url, 'GET', path, { token })
    assert.equal(now.status, status, `${by} reads ${path}`)
    assert.partialDeepStrictEqual(now.body, status < 300 ? body : { code: body['code'] }, `${by} reads ${path}`)
  }
}
