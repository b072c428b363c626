import type { Figures, Row } from './check.ts'
import type { Machine } from './machine.ts'
import type { Options } from './options.ts'
import { columns, formatNumber, markdownTable, rowCells } from './record.ts'
import type { Outcome } from './run.ts'

/** What stands below this line in the document is written by hand and kept. */
const handWritten = '<!-- Written by hand from here on; kept by --write. -->'
const busyGenerator = 0.9

/** Shown beside the checks, where a side has them. */
const shown: readonly [figure: string, head: string, unit: string][] = [
  ['deliveriesPerSecond', 'deliveries/s', ''],
  ['acceptedPerSecond', 'accepted/s', ''],
  ['megabytesPerSecond', 'MB/s', ''],
  ['bytesPerDelivery', 'B each', ''],
  ['p50Ms', 'p50', ' ms'],
  ['p99Ms', 'p99', ' ms'],
  ['requestsPerSecond', 'requests/s', ''],
  ['connections', 'connections', ''],
  ['serverCpu', 'server CPU', ' %'],
  ['generatorCpu', 'generator CPU', ' %'],
  ['waited', 'waited for a core', ' %'],
]

export function machineText({ cpu, cores, node, syncMs }: Machine): string {
  return `${cpu}, ${cores} cores, Node ${node}, fdatasync p50 ${formatNumber(syncMs)} ms`
}

/** The outcome of one scenario, for a terminal. */
export function outcomeText(outcome: Outcome, recorded: ReadonlyMap<string, Row>): string {
  const checks = outcome.rows.map((row) => {
    const before = recorded.get(row.id)
    const [, , , , ratio = '', weakest = ''] = before === undefined ? [] : rowCells(before)
    return [...rowCells(row), before?.ratio == null ? '' : `recorded ${ratio}, weakest ${weakest}`]
  })
  const sides = sidesOf(outcome).map(([name, figures]) => `  ${name}: ${figuresText(figures)}`)
  return [alignedTable([[...columns, ''], ...checks]), ...sides, ...warnings(outcome)].join('\n')
}

function sidesOf({ parlor, peer }: Outcome): [name: string, figures: Figures][] {
  return peer === null
    ? [['Parlor', parlor]]
    : [
        ['Parlor', parlor],
        ['peer', peer],
      ]
}

function figuresText(figures: Figures): string {
  return shown
    .flatMap(([figure, head]) => (figures[figure] === undefined ? [] : [`${head} ${figureText(figures, figure)}`]))
    .join(', ')
}

function figureText(figures: Figures, figure: string): string {
  const value = figures[figure]
  const unit = shown.find(([name]) => name === figure)?.[2] ?? ''
  if (value === undefined || Number.isNaN(value)) return '–'
  return formatNumber(unit === ' %' ? value * 100 : value) + unit
}

function warnings(outcome: Outcome): string[] {
  const found = sidesOf(outcome).flatMap(([name, figures]) =>
    (figures['generatorCpu'] ?? 0) > busyGenerator
      ? [`  warning: against ${name} a generator was over 90 % busy: latencies are partly its own`]
      : [],
  )
  if (outcome.isBusy) found.push('  warning: others took the cores in most pairs; this is not compared with the record')
  return found
}

function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n')
}

/** docs/benchmarks.md; `before` is the document as it was, for what was written into it by hand. */
export function writeDocument(
  machine: Machine,
  options: Options,
  outcomes: readonly Outcome[],
  before: string,
): string {
  const kept = before.split(handWritten)[1] ?? '\n'
  return `# Benchmarks

Written by \`npm run bench -- --write\`; a plain \`npm run bench\` compares with it, and CI fails when the best
pair of a ratio of CPU time or memory is over 10 % behind the weakest pair recorded here. How it is measured, and how to read it: [bench/README.md](../bench/README.md).

- Machine: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}
- fdatasync p50 of the disk: ${formatNumber(machine.syncMs)} ms (the latency bounds bind under 0.3 ms)
- Medians of ${options.pairs} interleaved pairs; ${options.generators} generator process${options.generators === 1 ? '' : 'es'}
- Measured while others took the cores: ${busyScenarios(outcomes)}
- In every message scenario each message of Parlor was durable before it was acknowledged or delivered; the peer stored nothing.

## Checks

${markdownTable(
  columns,
  outcomes.flatMap(({ rows }) => rows.map(rowCells)),
)}

## What was seen

${markdownTable(['scenario', 'side', ...shown.map(([, head]) => head)], outcomes.flatMap(seenCells))}

## The scenarios

${outcomes.map(({ scenario }) => `- **${scenario.id}**: ${scenario.what}`).join('\n')}

${handWritten}${kept}`
}

function busyScenarios(outcomes: readonly Outcome[]): string {
  const busy = outcomes.flatMap(({ scenario, isBusy }) => (isBusy ? [scenario.id] : []))
  return busy.length === 0 ? 'none' : busy.join(', ')
}

function seenCells(outcome: Outcome): string[][] {
  return sidesOf(outcome).map(([name, figures]) => [
    outcome.scenario.id,
    name,
    ...shown.map(([figure]) => figureText(figures, figure)),
  ])
}
