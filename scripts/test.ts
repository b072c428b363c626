// Runs the tests: npm test [-- part-of-a-path … --node-option …]; without a part all but those that .ci/run adds.
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { groupsOf } from '../test/groups/groups.ts'
import { type Postgres, postgresMissing, startPostgres } from '../test/harness/postgres.ts'

const places = ['packages/*/src/**/*.test.ts', 'bench/src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/**/*.test.ts']

/**
 * The files that take longest begin first, so that none of them is left to one core at the end; those in browsers, which
 * keep a core busy, stand between others.
 */
const longest = [
  'test/groups/beside-the-code.ts',
  'test/browser/appearance.browser.test.ts',
  'test/groups/features-on-postgres.ts',
  'test/groups/wire.ts',
  'packages/server/src/features/rooms/rooms.pg.test.ts',
  'test/groups/access.ts',
  'test/browser/attach.browser.test.ts',
  'test/groups/features.ts',
  'test/browser/overlays.browser.test.ts',
  'test/groups/sdk.ts',
  'test/groups/postgres.ts',
  'test/bad-input/requests.test.ts',
  'test/browser/long-rooms.browser.test.ts',
  'packages/server/src/features/rooms/rooms.test.ts',
  'test/browser/meeting.browser.test.ts',
  'test/browser/rooms.browser.test.ts',
  'test/bad-input/floods.test.ts',
  'test/faults/crash.pg.test.ts',
  'test/browser/accounts.browser.test.ts',
]

/** These measure times and memory, attacks with all that two cores give: only when they are named, and beside nothing else. */
const measuring = /^test\/(attacks\/attacks\.(pg\.)?|browser\/(quick|memory)\.browser\.)test\.ts$/

/** The walks through docs/new-feature.md and docs/new-activity.md, which build and check a copy of the repository: only when they are named. */
const walks = /^test\/(new-feature\/new-feature|browser\/new-activity\.browser)\.test\.ts$/

/** Many wait (for timers, timeouts, processes): with two more than there are cores, the cores stay busy. */
const concurrency = availableParallelism() + 2

const stopped = new AbortController()

async function main(): Promise<number> {
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
  const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'))
  const all = globSync(places)
    .map((file) => file.replaceAll('\\', '/'))
    .toSorted()
  const files = all.filter((file) =>
    names.length === 0 ? !measuring.test(file) && !walks.test(file) : names.some((name) => file.includes(name)),
  )
  if (files.length === 0) {
    console.error(`No test file has ${names.join(' or ')} in its path.`)
    return 1
  }
  const postgres = await postgresFor(files)
  if (postgres) process.env['PARLOR_TEST_POSTGRES'] = postgres.url
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort())
  try {
    const isMeasuring = (file: string) => measuring.test(file)
    const others = files.filter((file) => !isMeasuring(file))
    const together = (names.length === 0 ? inGroups(others) : others).toSorted((a, b) => rank(a) - rank(b))
    const passes = [await runAll(together, options, concurrency), await runAll(files.filter(isMeasuring), options, 1)]
    return passes.includes(false) ? 1 : 0
  } finally {
    await postgres?.stop()
  }
}

/** With the module of each group instead of its files. */
function inGroups(files: readonly string[]): string[] {
  process.env['PARLOR_TEST_FILES'] = files.join('\n')
  const groups = groupsOf(files)
  const grouped = new Set(groups.flatMap(({ members }) => members))
  return [...groups.map(({ module }) => module), ...files.filter((file) => !grouped.has(file))]
}

/** Files in browsers take longest of the others, and those of `test/`, which start servers, longer than those beside the code. */
function rank(file: string): number {
  const place = longest.indexOf(file)
  if (place >= 0) return place
  return longest.length + (file.endsWith('.browser.test.ts') ? 0 : file.startsWith('test/') ? 1 : 2)
}

/** One PostgreSQL for the whole run, if a file needs it. */
async function postgresFor(files: readonly string[]): Promise<Postgres | null> {
  if (!files.some((file) => file.endsWith('.pg.test.ts'))) return null
  if (!postgresMissing) return startPostgres({ durable: false })
  console.error(`Tests on PostgreSQL are skipped: ${postgresMissing}.`)
  return null
}

/** Runs each of these files in a process of its own, beginning with the first; whether all of them pass. */
async function runAll(files: readonly string[], execArgv: string[], concurrency: number): Promise<boolean> {
  if (files.length === 0) return true
  if (stopped.signal.aborted) return false
  let passes = true
  const events = run({ files: [...files], execArgv, concurrency, timeout: 600_000, signal: stopped.signal })
  events.on('test:fail', ({ todo }) => {
    if (todo === undefined || todo === false) passes = false
  })
  for await (const text of events.compose(new spec())) process.stdout.write(text)
  return passes
}

process.exitCode = await main()
