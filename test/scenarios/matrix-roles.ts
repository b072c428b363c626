import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { permissions } from '../../packages/server/src/compose/declared.ts'
import { allActions as actions, type Door, nameOf } from '../harness/trials/actions.ts'
import { type Cast, castOf, type Part, parts, roomOf, type Set, stateOf, strike } from '../harness/trials/cast.ts'
import type { Database, DatabaseKind } from '../harness/databases.ts'
import { callThrough, type Outcome } from '../harness/doors.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import { Stage } from '../harness/trials/stage.ts'
import { elsewhere, rolesTable } from '../harness/trials/all-trials.ts'
import { type RolesEntry, type StandingEntry, standings } from '../harness/trials.ts'

/**
 * Each role × each action × each door, against the permission table: callers without the permission are refused, and
 * nothing changes. With `isWhole` false only one door of each action, in private rooms: enough for a second database.
 */
export function matrixOfRoles({ name, missing, open }: DatabaseKind, { isWhole }: { isWhole: boolean }): void {
  const options = { skip: missing, timeout: 120_000, concurrency: 4 }
  suite(`on ${name}, each role and each action`, options, () => {
    let database: Database
    let server: Server
    let stage: Stage
    let cast: Cast
    before(async () => {
      database = await open()
      server = await startServer({ env: database.env })
      stage = new Stage(server.url)
      cast = await castOf(stage)
    })
    after(async () => {
      await stage?.[Symbol.asyncDispose]()
      await server?.[Symbol.asyncDispose]()
      await database?.[Symbol.asyncDispose]()
    })

    test('the table of trials has every action that the permissions name, and no unknown one', () => {
      const named = permissions.flatMap((row) => row.actions)
      const without = named.filter((action) => !rolesTable[action])
      assert.deepEqual(without, [])
      const unknown = Object.keys(rolesTable).filter((action) => !actions.some(({ name }) => name === action))
      assert.deepEqual(unknown, [])
    })
    test('the table of trials has every action', () => {
      const without = actions.filter(({ name }) => !rolesTable[name] && !elsewhere[name])
      assert.deepEqual(
        without.map(({ name }) => name),
        [],
      )
    })

    for (const action of actions) {
      const doors = isWhole ? action.doors : action.doors.slice(0, 1)
      for (const entry of rolesTable[action.name] ?? [])
        for (const isPrivate of isWhole ? [false, true] : [true]) {
          const of = entry.about ? `${action.name} (${entry.about})` : action.name
          test(`${of} in a ${isPrivate ? 'private' : 'public'} room`, () =>
            eachPart({ url: server.url, make: () => roomOf(server.url, cast, isPrivate), doors, entry }))
        }
      const outside = elsewhere[action.name]
      if (outside) test(`${action.name} by each kind of caller`, () => eachStanding(server.url, doors, outside))
    }
  })
}

type Trial = { url: string; make: () => Promise<Set>; doors: readonly Door[]; entry: RolesEntry }

/** All refused callers share one room, which must not change. An allowed call that changes something gets its own room. */
async function eachPart({ url, make, doors, entry }: Trial): Promise<void> {
  const shared = await make()
  const before = await stateOf(url, shared)
  const allowed: { part: Part; door: Door }[] = []
  for (const door of doors) {
    const refused: Part[] = []
    for (const part of parts) {
      const verdict = entry.verdict(actor(part, door), shared)
      if (verdict === true) {
        allowed.push({ part, door })
        continue
      }
      refused.push(part)
      const outcome = await callAs(url, part, door, shared, entry)
      const what = `${part} by ${nameOf(door)}: ${JSON.stringify(outcome)}`
      assert.ok(!outcome.ok && outcome.failure.code === verdict, `${what}, not ${verdict}`)
    }
    const who = `one of ${refused.join(', ')} changed the room by ${nameOf(door)}`
    if (refused.length > 0) assert.deepEqual(await stateOf(url, shared), before, who)
  }
  for (const { part, door } of allowed) {
    const keeps = entry.keeps || (door.kind === 'http' && door.method === 'GET')
    const set = keeps ? shared : await make()
    const outcome = await callAs(url, part, door, set, entry)
    assert.ok(outcome.ok, `${part} by ${nameOf(door)}: ${JSON.stringify(outcome)}`)
    if (!keeps) await strike(url, set)
  }
  await strike(url, shared)
}

/** A socket without a token is a guest's. */
const actor = (part: Part, door: Door): Part =>
  part === 'anonymous' && door.kind === 'socket' ? 'guestOutsider' : part

async function callAs(url: string, part: Part, door: Door, set: Set, entry: RolesEntry): Promise<Outcome> {
  const token = part === 'anonymous' ? undefined : set.cast[part].token
  const input = entry.input(set, part)
  if (door.kind === 'http') return callThrough(url, door, input, { token })
  using client = await connect(url, { token, auth: { lobby: false } })
  const who = actor(part, door)
  if (entry.attached && entry.verdict(who, set) === true) {
    const { room_id, cast } = set
    using other = await connect(url, { token: cast.target.token })
    for (const one of [other, client]) await one.ask('join_room', { room_id })
    return await callThrough(url, door, input, { socket: async () => client })
  }
  return await callThrough(url, door, input, { socket: async () => client })
}

/** Each kind of caller, on a stage of its own. */
async function eachStanding(url: string, doors: readonly Door[], entry: StandingEntry): Promise<void> {
  for (const standing of standings)
    for (const door of doors) {
      await using stage = new Stage(url)
      const person = standing === 'anonymous' ? null : await stage[standing](standing)
      const outcome = await callThrough(url, door, await entry.input(stage, person), { token: person?.token })
      const what = `${standing} by ${nameOf(door)}: ${JSON.stringify(outcome)}`
      const verdict = entry[standing]
      if (verdict === true) assert.ok(outcome.ok, what)
      else assert.ok(!outcome.ok && outcome.failure.code === verdict, `${what}, not ${verdict}`)
    }
}
