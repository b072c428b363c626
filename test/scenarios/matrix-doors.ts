import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { type ActionUnderTest, allActions as actions, type Door, fieldsOf, nameOf } from '../harness/trials/actions.ts'
import type { Database, DatabaseKind } from '../harness/databases.ts'
import { callThrough, inPath, type Outcome, type Through } from '../harness/doors.ts'
import { neutral } from '../harness/trials/neutral.ts'
import { type Server, startServer } from '../harness/server.ts'
import { Stage } from '../harness/trials/stage.ts'
import type { JsonObject } from '../harness/wire.ts'
import { doorsTable } from '../harness/trials/all-trials.ts'
import type { Call, DoorsEntry } from '../harness/trials.ts'

/** One call, and what is set up before it. */
type Trial = {
  door: Door
  prepare?: (stage: Stage) => Promise<Call>
  change?: (input: JsonObject) => JsonObject
  through?: Pick<Through, 'behind' | 'bare'>
}

/**
 * Every action through each of its doors: equal calls have equal outcomes. `isWhole` also tries failures, and what every
 * REST path accepts; neither depends on the database, so one database is enough.
 */
export function matrixOfDoors({ name, missing, open }: DatabaseKind, { isWhole }: { isWhole: boolean }): void {
  suite(`on ${name}, every action through each door`, { skip: missing, timeout: 120_000, concurrency: 4 }, () => {
    let database: Database
    let server: Server
    before(async () => {
      database = await open()
      server = await startServer({ env: database.env })
    })
    after(async () => {
      await server?.[Symbol.asyncDispose]()
      await database?.[Symbol.asyncDispose]()
    })

    test('has an entry in the table', () => {
      const without = actions.filter((action) => !doorsTable[action.name])
      assert.deepEqual(
        without.map((action) => action.name),
        [],
      )
    })
    for (const action of actions) {
      const entry = doorsTable[action.name]
      if (!entry) continue
      const same = (trials: Trial[]) => sameOutcome(server.url, entry, trials)
      succeeds(action, entry, same)
      if (!isWhole) continue
      fails(action, entry, same)
      eachPath(action, same)
    }
  })
}

type Same = (trials: Trial[]) => Promise<Outcome>

function succeeds({ name, doors }: ActionUnderTest, entry: DoorsEntry, same: Same) {
  test(`${name} ${entry.answers === undefined ? 'succeeds' : `answers ${entry.answers}`}`, async () => {
    const outcome = await same(doors.map((door) => ({ door })))
    const asked = outcome.ok ? undefined : outcome.failure.code
    assert.equal(asked, entry.answers, JSON.stringify(outcome))
  })
}

function fails({ name, caller, doors }: ActionUnderTest, entry: DoorsEntry, same: Same) {
  const paths = doors.filter((door) => door.kind === 'http')
  test(`${name} fails`, async () => {
    const refuses = async (trials: Trial[], code?: string) => {
      const outcome = await same(trials)
      assert.ok(code === undefined || (!outcome.ok && outcome.failure.code === code), JSON.stringify(outcome))
    }
    await refuses(doors.map((door) => ({ door, change: onlyIds })))
    if (entry.bad) {
      const change = (input: JsonObject) => ({ ...input, ...entry.bad })
      await refuses(
        doors.map((door) => ({ door, change })),
        'validation_error',
      )
    }
    if (doors.some((door) => fieldsOf(door).all.includes('room_id'))) {
      const change = (input: JsonObject) => ({ ...input, room_id: 'no-such-room' })
      await refuses(
        doors.map((door) => ({ door, change })),
        entry.answers ?? 'not_found',
      )
    }
    if (entry.refused) {
      const { refused } = entry
      let code = ''
      const prepare = async (stage: Stage) => {
        const call = await refused(stage)
        code = call.code
        return call
      }
      const outcome = await same(doors.map((door) => ({ door, prepare })))
      assert.ok(!outcome.ok && outcome.failure.code === code, JSON.stringify(outcome))
    }
    if (caller === 'user' && paths.length > 0) {
      const prepare = async (stage: Stage) => ({ ...(await entry.good(stage)), by: null })
      await refuses(
        paths.map((door) => ({ door, prepare })),
        'not_authenticated',
      )
    }
  })
}

function eachPath({ name, doors }: ActionUnderTest, same: Same) {
  const paths = doors.filter((door) => door.kind === 'http')
  for (const door of paths) {
    test(`${name} by ${nameOf(door)} accepts a slash at the end, unknown fields, and a request without a body`, async () => {
      const more = (input: JsonObject) => ({ ...input, zzz_unknown: 'x' })
      await same([{ door }, { door, change: more, through: { behind: '/' } }])
      const change = (input: JsonObject) => onlyPath(door, input)
      await same([
        { door, change },
        { door, change, through: { bare: true } },
      ])
    })
  }

  const reads = paths.filter(({ method }) => method === 'GET')
  for (const door of reads)
    test(`${name} by ${nameOf(door)} answers HEAD like GET`, async () => void (await same([{ door }, headOf(door)])))
}

const headOf = (door: Door): Trial => ({ door: door.kind === 'http' ? { ...door, method: 'HEAD' } : door })

const same = (input: JsonObject): JsonObject => input

const onlyIds = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([field]) => field.endsWith('_id') && field !== 'client_id'))

const onlyPath = (door: Door, input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([field]) => inPath(door, field)))

/** Runs each trial on a stage of its own, compares its outcome with that of the first, and returns the first. */
async function sameOutcome(url: string, entry: DoorsEntry, trials: readonly Trial[]): Promise<Outcome> {
  let first: { outcome: Outcome; door: Door; plain: unknown } | null = null
  for (const { door, prepare = entry.good, change = same, through = {} } of trials) {
    await using stage = new Stage(url)
    const { by, input } = await prepare(stage)
    const words = entry.words?.[nameOf(door)] ?? same
    const asked = words(change(input))
    const person = by ?? null
    const socket = () => (person ? person.socket() : stage.connect({}))
    const outcome = await callThrough(url, door, asked, { token: person?.token, socket, ...through })
    const plain = plainOf(outcome, entry, stage)
    first ??= { outcome, door, plain }
    const what = `${nameOf(door)} with ${JSON.stringify(asked)}`
    if (door.kind === 'http' && door.method === 'HEAD') {
      assert.deepEqual([outcome.ok, outcome.status], [first.outcome.ok, first.outcome.status], what)
      continue
    }
    assert.deepEqual(plain, first.plain, `${what} differs from ${nameOf(first.door)}`)
    if (outcome.status !== null && first.outcome.status !== null)
      assert.equal(outcome.status, first.outcome.status, what)
  }
  assert.ok(first)
  return first.outcome
}

/** What is compared of an outcome. Where doors name their fields differently, the named fields are left out. */
function plainOf(outcome: Outcome, { words, differs = [] }: DoorsEntry, { names }: Stage): unknown {
  if (outcome.ok) return neutral(outcome.data, { names, differs })
  const { code, error, retry, required, errors } = outcome.failure
  if (words) return { code, error, retry }
  return { code, error, retry, required, fields: errors && Object.keys(errors) }
}
