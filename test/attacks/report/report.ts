import { boundText, figureText } from './figures.ts'
import type { Outcome } from '../run-scenario.ts'

const from = ({ addresses }: Outcome) => (addresses === 1 ? '1 address' : `${addresses} addresses`)
export const listed = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')

export const busy = ({ verdicts, waited }: Outcome): string =>
  verdicts.every(({ isJudged }) => isJudged)
    ? ''
    : `times are not judged: the server waited for a core ${Math.round(waited * 100)} % of the time`

/** The bounds that did not hold, as text. */
export const missed = ({ verdicts, failure }: Outcome): string[] => [
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
    ...(figures['heap in all'] === undefined ? [] : [`  heap in all ${figureText('heap', figures['heap in all'])}`]),
    `  resident after each round: ${outcome.resident.join(', ')} MB`,
    `  attackers were told: ${listed(told)}`,
    ...(Object.keys(refusals).length === 0 ? [] : [`  honest clients were refused: ${listed(refusals)}`]),
    ...Object.entries(outcome.worst).map(([figure, rounds]) => `  worst ${figure}: ${rounds}`),
    ...(outcome.failure === null ? [] : [`  ${outcome.failure.slice(0, 1500)}`]),
  ].join('\n')
}
