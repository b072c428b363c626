import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

export const usage = `Measures Parlor beside a stock Socket.IO relay and compares the ratios with docs/benchmarks.md.

npm run bench -- [options]
  --pairs N         interleaved pairs of each scenario; the median counts (5, with --short 3)
  --only ID         only the scenarios whose id begins so; may be given several times
  --short           the scenarios that a change breaks first, in windows of 2 s: what CI runs
  --write           write the results to docs/benchmarks.md instead of comparing with it
  --generators N    processes that make the load (2 on machines with 4 cores, else 1)
  --profile FOLDER  write CPU profiles of Parlor there; figures taken so are not comparable
  --help            this text
`

export type Options = {
  pairs: number
  only: readonly string[]
  isShort: boolean
  isWriting: boolean
  generators: number
  profileTo: string | undefined
}

/** Throws an error that says what is wrong with the arguments; null when help was asked for. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pairs: { type: 'string' },
      only: { type: 'string', multiple: true },
      short: { type: 'boolean' },
      write: { type: 'boolean' },
      generators: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return null
  const isShort = values.short === true
  const isWriting = values.write === true
  if (isWriting && (isShort || values.only !== undefined || values.profile !== undefined))
    throw new Error('--write records a whole run: it goes with none of --short, --only and --profile')
  return {
    pairs: count('--pairs', values.pairs, isShort ? 3 : 5),
    only: values.only ?? [],
    isShort,
    isWriting,
    generators: count('--generators', values.generators, availableParallelism() >= 4 ? 2 : 1),
    profileTo: values.profile,
  }
}

function count(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} takes a whole number from 1 on, not ${text}`)
  return value
}
