// Runs the drills of jobs and timers: npm run drills [-- --on sqlite|postgres] [--only name] [--write]
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeMachine } from '../../bench/src/machine.ts'
import { postgresMissing, startPostgres } from '../harness/postgres.ts'
import { temporaryFolder } from '../harness/server.ts'
import { drills as drillsOfJobs, type Drill, type Figure } from './drills.ts'
import { largeFile, slowFile } from './large-file.ts'
import type { Database } from './node.ts'
import { manyPointers, onePointer } from './slots.ts'
import { unread } from './unread.ts'
import { ownViews } from './views.ts'

const drills: readonly Drill[] = [...drillsOfJobs, manyPointers, onePointer, ownViews, unread, largeFile, slowFile]

const documentPath = fileURLToPath(new URL('../../docs/drills.md', import.meta.url))
const { values } = parseArgs({
  options: {
    on: { type: 'string', multiple: true, default: ['sqlite', 'postgres'] },
    only: { type: 'string', multiple: true, default: [] },
    write: { type: 'boolean', default: false },
  },
})

type Row = { drill: Drill; on: 'SQLite' | 'PostgreSQL'; figures: readonly Figure[] }

const round = (value: number): string =>
  value < 10 && !Number.isInteger(value) ? value.toFixed(2) : String(Math.round(value))
const textOf = ({ name, value, most }: Figure): string =>
  `${value <= most ? '' : '**missed:** '}${name} ${round(value)} (≤ ${most})`

async function runOn(kind: Database['kind'], place: () => Promise<string>): Promise<Row[]> {
  const rows: Row[] = []
  for (const drill of drills) {
    if (!drill.on.includes(kind) || (values.only.length > 0 && !values.only.includes(drill.name))) continue
    const figures = await drill.run({ kind, place: await place() })
    rows.push({ drill, on: kind === 'sqlite' ? 'SQLite' : 'PostgreSQL', figures })
    console.log(`${drill.name} on ${kind}: ${figures.map(textOf).join('; ')}`)
  }
  return rows
}

async function main(): Promise<boolean> {
  await using folder = await temporaryFolder()
  const rows: Row[] = []
  let made = 0
  if (values.on.includes('sqlite'))
    rows.push(...(await runOn('sqlite', async () => join(folder.path, `${++made}`, 'x.db'))))
  if (values.on.includes('postgres') && !postgresMissing) {
    const server = await startPostgres({ durable: true })
    rows.push(...(await runOn('postgres', () => server.createDatabase('drills'))))
    await server.stop()
  }
  if (values.write) writeFileSync(documentPath, documentOf(rows))
  return rows.every(({ figures }) => figures.every(({ value, most }) => value <= most))
}

/** The document with these rows in place of those of the same drill and database, which it otherwise keeps. */
function documentOf(rows: readonly Row[]): string {
  const { cpu, cores, node, syncMs } = describeMachine()
  const kept = existsSync(documentPath) ? readFileSync(documentPath, 'utf8').split('\n') : []
  const lines = (['SQLite', 'PostgreSQL'] as const).flatMap((on) =>
    drills.flatMap((drill) => {
      const begin = `| ${drill.name} | ${on} | `
      const row = rows.find((each) => each.drill === drill && each.on === on)
      const before = kept.filter((line) => line.startsWith(begin))
      return row ? [`${begin}${drill.what} | ${row.figures.map(textOf).join('; ')} |`] : before
    }),
  )
  return `# Drills

Written by \`npm run drills -- --write\`, which replaces the rows of the drills that it ran. How it is done, and what the tests
hold instead: [test/drills/README.md](../test/drills/README.md).

Machine of the last run: ${cpu}, ${cores} cores, Node ${node}, fdatasync p50 ${syncMs.toFixed(2)} ms.

| drill | database | what | figures and their bounds |
| --- | --- | --- | --- |
${lines.join('\n')}
`
}

process.exitCode = (await main()) ? 0 : 1
