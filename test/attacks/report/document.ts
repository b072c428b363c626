import type { Machine } from '../../../bench/src/machine.ts'
import { formatNumber, markdownTable } from '../../../bench/src/record.ts'
import { boundsOfMany, boundText, figureText, usualBounds } from './figures.ts'
import { busy, listed, missed } from './report.ts'
import type { Outcome } from '../run-scenario.ts'
import type { Bound, Scenario } from '../scenario.ts'

/** What follows this line in the document is written by hand and kept. */
const handWritten = '<!-- Written by hand from here on; kept by --write. -->'

/** The key of a row in both tables. */
const keys = ['scenario', 'database', 'addresses'] as const
const shown = [
  ...['send p95', 'join p95', 'room p95', 'sign-in p95', 'health max', 'honest refused'],
  ...['peak RSS', 'RSS growth', 'heap', 'external', 'turn p99.9', 'delay p99', 'crowd p95'],
]
const resultColumns = [...keys, 'rounds', ...shown, 'bounds', 'taken']
const toldColumns = [...keys, 'answers and endings']

/**
 * docs/attacks.md with these outcomes instead of the rows of the same scenario, database and number of addresses. Other
 * rows stay as they are in `before`, each with the day of its measurement.
 */
export function writeDocument(
  machine: Machine,
  scenarios: readonly Scenario[],
  outcomes: readonly Outcome[],
  before: string,
): string {
  const kept = before.split(handWritten)[1] ?? '\n'
  const day = new Date().toISOString().slice(0, 10)
  const results = merged(
    before,
    resultColumns,
    scenarios,
    outcomes.map((outcome) => resultCells(outcome, day)),
  )
  const told = merged(
    before,
    toldColumns,
    scenarios,
    outcomes.map((outcome) => [...keyOf(outcome), listed(outcome.told)]),
  )
  return `# Under attack

Written by \`npm run attacks -- --write\`. How it is measured, and what the columns say:
[test/attacks/README.md](../test/attacks/README.md).

- Machine: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, fdatasync p50 ${formatNumber(machine.syncMs)} ms
- Times are those of honest clients while the attack runs; memory is over what it was before it.
- Must hold everywhere, unless the scenario says otherwise: ${boundsText(usualBounds)}.
- From 100 addresses or more, each with budgets of its own: ${boundsText(boundsOfMany)}.

## Results

${markdownTable(resultColumns, results)}

## What attackers were told

${markdownTable(toldColumns, told)}

## The scenarios

${scenarios.map(scenarioText).join('\n')}

${handWritten}${kept}`
}

const keyOf = ({ scenario, database, addresses }: Outcome): string[] => [scenario.name, database, String(addresses)]

function resultCells(outcome: Outcome, day: string): string[] {
  const faults = missed(outcome)
  const verdict = faults.length === 0 ? 'hold' : `**missed: ${faults.join('; ')}**`
  return [
    ...keyOf(outcome),
    String(outcome.rounds),
    ...shown.map((figure) => cellOf(figure, outcome.figures[figure])),
    [verdict, busy(outcome)].filter(Boolean).join('; '),
    day,
  ]
}

const cellOf = (figure: string, value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : figureText(figure, value)

/** The rows of a table in `before`, with the new ones in place of the old, in the order of the scenarios. */
function merged(
  before: string,
  columns: readonly string[],
  scenarios: readonly Scenario[],
  rows: readonly (readonly string[])[],
): (readonly string[])[] {
  const idOf = (cells: readonly string[]) => cells.slice(0, keys.length).join(' | ')
  const all = new Map([...rowsOf(before, columns), ...rows].map((cells) => [idOf(cells), cells]))
  const place = ([name]: readonly string[]) => scenarios.findIndex((scenario) => scenario.name === name)
  return [...all.values()].filter((cells) => place(cells) >= 0).toSorted((a, b) => place(a) - place(b))
}

function rowsOf(document: string, columns: readonly string[]): string[][] {
  const lines = document.split('\n')
  const head = lines.indexOf(`| ${columns.join(' | ')} |`)
  if (head < 0) return []
  const rest = lines.slice(head + 2)
  const end = rest.findIndex((line) => !line.startsWith('| '))
  return rest.slice(0, end).map((line) => line.slice(2, -2).split(' | '))
}

function scenarioText({ name, what, bounds = {}, boundsOfMany: many = {} }: Scenario): string {
  const [own, ofMany] = [boundsText(bounds), boundsText(many)]
  const more = ofMany === '' ? '' : ` From 100 addresses: ${ofMany}.`
  return `- **${name}**: ${what}${own === '' ? '' : ` Of its own: ${own}.`}${more}`
}

function boundsText(bounds: Readonly<Record<string, Bound | null>>): string {
  return Object.entries(bounds)
    .map(([figure, bound]) => (bound === null ? `no bound on ${figure}` : `${figure} ${boundText(bound)}`))
    .join(', ')
}
