// Runs the tests: npm test [-- part-of-a-path … --node-test-option …]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { type Postgres, postgresMissing, startPostgres } from '../test/harness/postgres.ts'

const places = ['packages/*/src/**/*.test.ts', 'bench/src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/**/*.test.ts']

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
let stopped = false

async function main(): Promise<number> {
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
  const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'))
  const all = globSync(places).toSorted()
  const files = names.length === 0 ? all : all.filter((file) => names.some((name) => file.includes(name)))
  if (files.length === 0) {
    console.error(`No test file has ${names.join(' or ')} in its path.`)
    return 1
  }
  const postgres = await postgresFor(files)
  try {
    return await runAll(files, options, postgres)
  } finally {
    await postgres?.stop()
  }
}

/** Measures how quick a page is: nothing else runs then. */
const alone = 'test/browser/quick.browser.test.ts'

/**
 * Two cores stay busy to the end: beside the files of `test/`, which start servers and often wait (for timers, timeouts,
 * processes), run those that seldom wait, first in browsers, one at a time, then those beside the code. What those of
 * `test/` say is printed at the end of the others.
 */
async function runAll(files: readonly string[], options: readonly string[], postgres: Postgres | null) {
  const env = postgres ? { ...process.env, PARLOR_TEST_POSTGRES: postgres.url } : process.env
  const isInTest = (file: string) => /^test\W/.test(file)
  const isInBrowser = (file: string) => file.endsWith('.browser.test.ts')
  const starting = files.filter((file) => isInTest(file) && !isInBrowser(file))
  const inBrowsers = files.filter((file) => isInBrowser(file) && file !== alone)
  const beside = files.filter((file) => !isInTest(file))
  const isLate = inBrowsers.length + beside.length > 0
  const servers = run(starting, { options, env, concurrency: 2, isLate })
  const statuses = [
    await run(inBrowsers, { options, env, concurrency: 1 }).status,
    await run(beside, { options, env, concurrency: 2 }).status,
    await servers.status,
  ]
  servers.print()
  return Math.max(...statuses, await run(files.includes(alone) ? [alone] : [], { options, env, concurrency: 1 }).status)
}

/** One PostgreSQL for the whole run, if a file needs it. */
async function postgresFor(files: readonly string[]): Promise<Postgres | null> {
  if (!files.some((file) => file.endsWith('.pg.test.ts'))) return null
  if (!postgresMissing) return startPostgres({ durable: false })
  console.error(`Tests on PostgreSQL are skipped: ${postgresMissing}.`)
  return null
}

type RunOptions = {
  options: readonly string[]
  env: NodeJS.ProcessEnv
  /** Files at a time. */
  concurrency: number
  /** What it says is kept until `print`. */
  isLate?: boolean
}

/** Runs these files in a runner of their own; no files pass, and nothing is begun after a signal. */
function run(
  files: readonly string[],
  { options, env, concurrency, isLate }: RunOptions,
): { status: Promise<number>; print(): void } {
  if (files.length === 0 || stopped) return { status: Promise.resolve(0), print: () => {} }
  const runner = ['--test', '--test-reporter=spec', `--test-concurrency=${concurrency}`, '--test-timeout=300000']
  const stdout = isLate ? 'pipe' : 'inherit'
  const child = spawn(process.execPath, [...runner, ...options, ...files], {
    stdio: ['inherit', stdout, 'inherit'],
    env,
  })
  const said: Buffer[] = []
  child.stdout?.on('data', (bytes: Buffer) => said.push(bytes))
  // The runner ends by these too, and then our PostgreSQL: we only must not go before them.
  const pass = (signal: NodeJS.Signals) => {
    stopped = true
    child.kill(signal)
  }
  for (const signal of signals) process.on(signal, pass)
  const status = once(child, 'close').then(([code]) => {
    for (const signal of signals) process.off(signal, pass)
    return typeof code === 'number' ? code : 1
  })
  return { status, print: () => void process.stdout.write(Buffer.concat(said)) }
}

process.exitCode = await main()
