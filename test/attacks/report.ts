import type { Machine } from '../../bench/src/machine.ts'
import { formatNumber, markdownTable } from '../../bench/src/record.ts'
import { boundText, figureText } from './figures.ts'
import type { Outcome } from './run-scenario.ts'

/** What stands below this line in the document is written by hand and kept. */
const handWritten = '<!-- Written by hand from here on; kept by --write. -->'

const from = ({ addresses }: Outcome) => (addresses === 1 ? '1 address' : `${addresses} addresses`)
const listed = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')

const busy = ({ verdicts, waited }: Outcome): string =>
  verdicts.every(({ isJudged }) => isJudged)
    ? ''
    : `times are not judged: the server waited for a core ${Math.round(waited * 100)} % of the time`

const missed = ({ verdicts, failure }: Outcome): string[] => [
  ...(failure === null ? [] : [failure.split('\n')[0] ?? '']),
  ...verdicts
    .filter(({ holds, value }) => !holds && !(failure !== null && Number.isNaN(value)))
    .map(({ figure, value, bound }) => `${figure} ${figureText(figure, value)} (${boundText(bound)})`),
]

/** The outcome of one scenario, for a terminal. */
export function outcomeText(outcome: Outcome): string {
  const { scenario, database, verdicts, told, refusals, waited, figures } = outcome
  const faults = missed(outcome)
  return [
    `\n${scenario.name}, ${database}, ${from(outcome)}: ${faults.length === 0 ? 'holds' : `MISSED: ${faults.join('; ')}`}`,
    ...(busy(outcome) === '' ? [] : [`  ${busy(outcome)}`]),
    `  ${verdicts
      .filter(({ value }) => !Number.isNaN(value))
      .map(({ figure, value }) => `${figure} ${figureText(figure, value)}`)
      .join(', ')}`,
    `  turn max ${figureText('turn max', figures['turn max'] ?? Number.NaN)}, delay max ${figureText('delay max', figures['delay max'] ?? Number.NaN)}, received ${figureText('peak RSS', figures['received'] ?? Number.NaN)}, waited for a core ${Math.round(waited * 100)} %`,
    `  attackers were told: ${listed(told)}`,
    ...(Object.keys(refusals).length === 0 ? [] : [`  honest clients were refused: ${listed(refusals)}`]),
    ...Object.entries(outcome.worst).map(([figure, rounds]) => `  worst ${figure}: ${rounds}`),
    ...(outcome.failure === null ? [] : [`  ${outcome.failure.slice(0, 1500)}`]),
  ].join('\n')
}

const shown = [
  'send p95',
  'join p95',
  'room p95',
  'sign-in p95',
  'peak RSS',
  'RSS growth',
  'heap',
  'external',
  'turn p99.9',
  'delay p99',
] as const

/** docs/attacks.md; `before` is the document as it was, for what was written into it by hand. */
export function writeDocument(machine: Machine, outcomes: readonly Outcome[], before: string): string {
  const kept = before.split(handWritten)[1] ?? '\n'
  const rows = outcomes.map((outcome) => [
    outcome.scenario.name,
    outcome.database,
    String(outcome.addresses),
    ...shown.map((figure) => figureText(figure, outcome.figures[figure] ?? Number.NaN)),
    [verdictText(outcome), busy(outcome)].filter(Boolean).join('; '),
  ])
  const scenarios = [...new Set(outcomes.map(({ scenario }) => scenario))]
  return `# Under attack

Written by \`npm run attacks -- --write\` on ${new Date().toISOString().slice(0, 10)}. How it is measured, and what the
columns say: [test/attacks/README.md](../test/attacks/README.md).

- Machine: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, fdatasync p50 ${formatNumber(machine.syncMs)} ms
- Times are of honest clients while the attack runs, memory is over what it was before it.

## Results

${markdownTable(['scenario', 'database', 'addresses', ...shown, 'bounds'], rows)}

## What attackers were told

${markdownTable(
  ['scenario', 'database', 'addresses', 'answers'],
  outcomes.map((outcome) => [outcome.scenario.name, outcome.database, String(outcome.addresses), listed(outcome.told)]),
)}

## The scenarios

${scenarios.map(({ name, what, bounds }) => `- **${name}**: ${what}${ownBounds(bounds)}`).join('\n')}

${handWritten}${kept}`
}

function verdictText(outcome: Outcome): string {
  const faults = missed(outcome)
  return faults.length === 0 ? 'hold' : `**missed: ${faults.join('; ')}**`
}

function ownBounds(bounds: Outcome['scenario']['bounds']): string {
  const own = Object.entries(bounds ?? {}).map(([figure, bound]) =>
    bound === null ? `no bound on ${figure}` : `${figure} ${boundText(bound)}`,
  )
  return own.length === 0 ? '' : ` Of its own: ${own.join(', ')}.`
}
