import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Row } from './check.ts'
import { describeMachine } from './machine.ts'
import type { Context } from './measure/context.ts'
import { type Options, readOptions, usage } from './options.ts'
import { ticksPerSecond } from './proc.ts'
import { readRows } from './record.ts'
import { machineText, outcomeText, writeDocument } from './report.ts'
import { type Outcome, outcomeOf, runPairs, worseThanRecorded } from './run.ts'
import { type Scenario, scenarios } from './scenarios.ts'

const documentPath = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))
/** Added to a short run's pairs when they are in doubt: one slow minute of a shared machine is no regression. */
const morePairs = 4

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options === null) {
    console.log(usage)
    return 0
  }
  if (process.platform !== 'linux') throw new Error('the bench reads /proc and needs Linux')
  const selected = select(options)
  const before = existsSync(documentPath) ? readFileSync(documentPath, 'utf8') : ''
  const recorded = before === '' || options.isWriting ? new Map<string, Row>() : readRows(before)
  const machine = describeMachine()
  console.log(machineText(machine))
  if (recorded.size === 0 && !options.isWriting) console.log('Nothing is recorded yet to compare with: see --write.')

  const outcomes: Outcome[] = []
  const failures: string[] = []
  for (const scenario of selected) {
    console.log(`\n${scenario.id}: ${scenario.what}`)
    try {
      const outcome = await measure(scenario, options, recorded, machine.syncMs)
      outcomes.push(outcome)
      console.log(outcomeText(outcome, recorded))
      failures.push(...worseThanRecorded(outcome, recorded))
    } catch (error) {
      console.log(error)
      failures.push(`${scenario.id} could not be measured`)
    }
  }
  if (options.isWriting && failures.length === 0)
    writeFileSync(documentPath, writeDocument(machine, options, outcomes, before))
  if (failures.length > 0) console.log(`\n${failures.join('\n')}`)
  return failures.length === 0 ? 0 : 1
}

function select({ isShort, only }: Options): Scenario[] {
  const selected = scenarios.filter(
    ({ id, isShort: inShort }) =>
      (!isShort || inShort) && (only.length === 0 || only.some((start) => id.startsWith(start))),
  )
  if (selected.length === 0) throw new Error(`no such scenario; there are ${scenarios.map(({ id }) => id).join(', ')}`)
  return selected
}

async function measure(
  scenario: Scenario,
  options: Options,
  recorded: ReadonlyMap<string, Row>,
  syncMs: number,
): Promise<Outcome> {
  const context: Context = {
    warmUpMs: 2000,
    windowMs: options.isShort ? 2000 : 5000,
    generators: options.generators,
    ticksPerSecond: ticksPerSecond(),
    profileTo: options.profileTo,
  }
  const pairs = await runPairs(scenario, options.pairs, context)
  const outcome = outcomeOf(scenario, pairs, syncMs)
  const isDoubtful = outcome.isBusy || worseThanRecorded(outcome, recorded).length > 0
  if (!options.isShort || !isDoubtful) return outcome
  pairs.push(...(await runPairs(scenario, morePairs, context)))
  return outcomeOf(scenario, pairs, syncMs)
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
