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

/** Browsers come last, and by themselves: they measure how quick a page is. */
async function runAll(files: readonly string[], options: readonly string[], postgres: Postgres | null) {
  const inBrowsers = (file: string) => file.endsWith('.browser.test.ts')
  let worst = 0
  for (const some of [files.filter((file) => !inBrowsers(file)), files.filter(inBrowsers)])
    if (some.length > 0 && !stopped) worst = Math.max(worst, await run(some, options, postgres))
  return worst
}

/** One PostgreSQL for the whole run, if a file needs it. */
async function postgresFor(files: readonly string[]): Promise<Postgres | null> {
  if (!files.some((file) => file.endsWith('.pg.test.ts'))) return null
  if (!postgresMissing) return startPostgres({ durable: false })
  console.error(`Tests on PostgreSQL are skipped: ${postgresMissing}.`)
  return null
}

async function run(files: readonly string[], options: readonly string[], postgres: Postgres | null): Promise<number> {
  const env = postgres ? { ...process.env, PARLOR_TEST_POSTGRES: postgres.url } : process.env
  const runner = ['--test', '--test-reporter=spec', '--test-concurrency=2', '--test-timeout=300000']
  const child = spawn(process.execPath, [...runner, ...options, ...files], { stdio: 'inherit', env })
  // The runner ends by these too, and then our PostgreSQL: we only must not go before them.
  const pass = (signal: NodeJS.Signals) => {
    stopped = true
    child.kill(signal)
  }
  for (const signal of signals) process.on(signal, pass)
  const [status] = await once(child, 'exit')
  for (const signal of signals) process.off(signal, pass)
  return typeof status === 'number' ? status : 1
}

process.exitCode = await main()
