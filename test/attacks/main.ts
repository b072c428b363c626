// Attacks a real server and reports which bounds held: npm run attacks -- --help
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describeMachine } from '../../bench/src/machine.ts'
import { type DatabaseKind, onPostgres, onSqlite } from '../harness/databases.ts'
import { writeDocument } from './report/document.ts'
import { type Options, readOptions, usage } from './options.ts'
import { outcomeText } from './report/report.ts'
import { type Outcome, runScenarios } from './run-scenario.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'

const documentPath = fileURLToPath(new URL('../../docs/attacks.md', import.meta.url))

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options === null) {
    console.log(usage)
    return 0
  }
  if (process.platform !== 'linux')
    throw new Error('the attacks read /proc and come from addresses of 127/8: they need Linux')
  const selected = scenarios.filter(
    ({ name }) => options.only.length === 0 || options.only.some((part) => name.includes(part)),
  )
  if (selected.length === 0)
    throw new Error(`no such scenario; there are ${scenarios.map(({ name }) => name).join(', ')}`)
  const outcomes: Outcome[] = []
  for (const kind of [onSqlite, onPostgres].filter(isChosen(options)))
    outcomes.push(...(await attackOn(kind, selected, options)))
  return outcomes.every(({ verdicts, failure }) => failure === null && verdicts.every(({ holds }) => holds)) ? 0 : 1
}

const isChosen =
  ({ on }: Options) =>
  ({ name }: DatabaseKind) =>
    on.length === 0 || on.some((part) => name.toLowerCase().startsWith(part))

/** The short form uses one server and one address for each scenario; the full form a server and all addresses for each. */
async function attackOn(kind: DatabaseKind, selected: readonly Scenario[], options: Options): Promise<Outcome[]> {
  const skipped = selected.filter(({ missing }) => kind.missing || missing)
  for (const { name, missing } of skipped) console.log(`${name} on ${kind.name} is skipped: ${kind.missing || missing}`)
  const possible = selected.filter(
    (scenario) => !skipped.includes(scenario) && (scenario.only === undefined || scenario.only === kind.name),
  )
  const runs = options.isShort
    ? [{ scenarios: possible }]
    : possible.flatMap((scenario) =>
        (scenario.addresses ?? [1]).map((addresses) => ({ scenarios: [scenario], addresses })),
      )
  const outcomes: Outcome[] = []
  for (const { scenarios: some, ...addresses } of runs) {
    const seen = await runScenarios(some, kind, { ...options, ...addresses })
    for (const outcome of seen) console.log(outcomeText(outcome))
    if (options.isWriting) record(seen)
    outcomes.push(...seen)
  }
  return outcomes
}

/** Written after each scenario, so that an aborted run keeps what it has measured. */
function record(outcomes: readonly Outcome[]): void {
  const before = existsSync(documentPath) ? readFileSync(documentPath, 'utf8') : ''
  writeFileSync(documentPath, writeDocument(describeMachine(), scenarios, outcomes, before))
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
