import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { onPostgres } from './harness/databases.ts'
import { dumpPostgres } from './releases/dump-postgres.ts'
import { databaseFiles, folderOf, releases } from './releases/kept.ts'
import { earlierReleases } from './scenarios/releases.ts'

earlierReleases(onPostgres)

for (const release of releases()) {
  test(`the SQL of ${release} makes the database that it was made of`, { skip: onPostgres.missing }, async () => {
    const sql = readFileSync(join(folderOf(release, 'PostgreSQL'), databaseFiles.PostgreSQL), 'utf8')
    await using database = await onPostgres.open()
    await database.execute('', sql)
    assert.equal(await dumpPostgres(database.env['DATABASE_URL'] ?? ''), sql)
  })
}
