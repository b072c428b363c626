import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { startServer } from '../harness/server.ts'
import { databaseFiles, sayTooLarge } from './kept.ts'
import { sayMissingSteps } from './missing-steps.ts'
import { tellStory } from './story.ts'

test('[DB10] the story that each release keeps has a step for all that the features store', {
  timeout: 120_000,
}, async () => {
  const clock = new URL(`shifted-clock.ts?at=${Date.now()}`, import.meta.url)
  await using server = await startServer({ nodeArguments: ['--import', clock.href] })
  await tellStory(server, () => {
    // Elsewhere this signal ends a process, and the story takes its time.
    if (process.platform !== 'win32') process.kill(server.pid, 'SIGUSR2')
  })
  assert.equal(await server.stop(), 0)
  const database = join(server.dataDir, databaseFiles.SQLite)
  assert.equal(sayMissingSteps(database), null)
  assert.equal(sayTooLarge(database), null)
  assert.match(
    String(sayMissingSteps(database, ['quizzes.started'])),
    /^Nothing of the type quizzes\.started is stored.* add a step/,
  )
})
