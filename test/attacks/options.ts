import { parseArgs } from 'node:util'

export const usage = `Attacks a real server of its own, on SQLite and on PostgreSQL, and tells what held.

npm run attacks -- [options]
  --only TEXT       only the scenarios in whose name the text stands; may be given several times
  --on DATABASE     only on this database (sqlite or postgresql)
  --short           one round from one address, as npm test runs it, with wider bounds
  --rounds N        so many rounds instead of ten
  --write           write the results to docs/attacks.md, in place of those of the same scenario
  --profile FOLDER  write CPU profiles of the server there and say what the longest turns did; figures taken so are
                    not comparable
  --help            this text
`

export type Options = {
  only: readonly string[]
  on: readonly string[]
  isShort: boolean
  isWriting: boolean
  rounds: number | undefined
  profileTo: string | undefined
}

/** Parses the arguments; null for `--help`. Throws an error that says what is wrong with them. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      on: { type: 'string', multiple: true },
      short: { type: 'boolean' },
      rounds: { type: 'string' },
      write: { type: 'boolean' },
      profile: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return null
  const isWriting = values.write === true
  if (isWriting && (values.short === true || values.profile !== undefined))
    throw new Error('--write records the full form: it goes with neither --short nor --profile')
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1))
    throw new Error(`--rounds takes a whole number from 1 on, not ${values.rounds}`)
  return {
    only: values.only ?? [],
    on: (values.on ?? []).map((name) => name.toLowerCase()),
    isShort: values.short === true,
    isWriting,
    rounds,
    profileTo: values.profile,
  }
}
