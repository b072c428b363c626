import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { type Client, isLive, openSdk, until } from '../harness/sdk.ts'
import { ParlorError } from '../../packages/client/src/error.ts'
import { doors as sdkDoors } from '../../packages/client/src/generated/actions.generated.ts'
import { type ActionUnderTest, allActions as actions } from '../harness/trials/actions.ts'
import { callThrough, type Outcome } from '../harness/doors.ts'
import { neutral } from '../harness/trials/neutral.ts'
import { type Server, startServer } from '../harness/server.ts'
import { Stage } from '../harness/trials/stage.ts'
import type { JsonObject } from '../harness/wire.ts'
import { doorsTable } from '../harness/trials/all-trials.ts'
import type { Call } from '../harness/trials.ts'

type Way = 'REST' | 'its connection'
type Trial = {
  action: ActionUnderTest
  prepare: (stage: Stage) => Promise<Call>
  change: (input: JsonObject) => JsonObject
}

suite('every action through the SDK', { timeout: 120_000, concurrency: 4 }, () => {
  let server: Server
  before(async () => {
    server = await startServer({})
  })
  after(async () => {
    await server?.[Symbol.asyncDispose]()
  })

  test('the SDK has a method for each action', () => {
    assert.deepEqual(
      actions.map(({ name }) => name).filter((name) => !(name in sdkDoors)),
      [],
    )
  })

  for (const action of actions) {
    const entry = doorsTable[action.name]
    if (!entry) continue
    for (const way of waysOf(action)) {
      test(`${action.name} over ${way} has the same outcome as a direct call`, async () => {
        const { good, refused, bad } = entry
        await compare({ action, prepare: good, change: (input) => input }, way)
        if (bad) await compare({ action, prepare: good, change: (input) => ({ ...input, ...bad }) }, way)
        if (refused) await compare({ action, prepare: refused, change: (input) => input }, way)
      })
    }
  }

  async function compare(trial: Trial, way: Way): Promise<void> {
    const plain = await plainOutcome(trial, (stage, call, input) => throughDoor(stage, trial.action, call, input))
    const bySdk = await plainOutcome(trial, (_, call, input) => throughSdk(trial.action, way, call, input))
    assert.deepEqual(bySdk, plain)
  }

  type Run = (stage: Stage, call: Call, input: JsonObject) => Promise<Outcome>
  async function plainOutcome({ action, prepare, change }: Trial, run: Run): Promise<unknown> {
    await using stage = new Stage(server.url)
    const call = await prepare(stage)
    const outcome = await run(stage, call, change(call.input))
    const { differs = [] } = doorsTable[action.name] ?? {}
    if (outcome.ok) return neutral(outcome.data, { names: stage.names, differs })
    const { code, error, retry, required, errors } = outcome.failure
    return { code, error, retry, required, fields: errors && Object.keys(errors) }
  }

  function throughDoor(stage: Stage, { doors: [door] }: ActionUnderTest, { by }: Call, input: JsonObject) {
    assert.ok(door)
    const socket = () => by?.socket() ?? stage.connect({})
    return callThrough(server.url, door, input, { token: by?.token, socket })
  }

  async function throughSdk({ name }: ActionUnderTest, way: Way, { by }: Call, input: JsonObject): Promise<Outcome> {
    using parlor = openSdk({ url: server.url, ...(by ? { token: by.token } : {}) })
    if (way === 'its connection') await until(parlor.state, ({ phase }) => phase === 'online', 'being connected')
    const isAttached = doorsTable[name]?.within === true && (await isIn(input['room_id'], by))
    if (isAttached) await isLive(parlor.join(String(input['room_id'])))
    // `await`, because the SDK is closed at the end of this block.
    return await invoke(parlor, name, input)
  }

  /** Whether the caller is a member; others are refused. */
  async function isIn(room_id: unknown, by: Call['by']): Promise<boolean> {
    if (!by) return false
    const asked = { kind: 'http', method: 'GET', path: '/api/rooms/:room_id/members/:user_id' } as const
    const door = actions.flatMap(({ doors }) => doors).find((each) => each.kind === 'http' && each.path === asked.path)
    assert.ok(door)
    const input = { room_id: String(room_id), user_id: by.id }
    return (await callThrough(server.url, door, input, { token: by.token })).ok
  }
})

/** Over REST if there is a path; over the connection if there is an event and the caller has a connection. */
function waysOf({ name, caller, doors }: ActionUnderTest): Way[] {
  const hasPath = doors.some(({ kind }) => kind === 'http')
  const hasEvent = doors.some(({ kind }) => kind === 'socket')
  const isSignedIn = caller === 'user' || doorsTable[name]?.byUser === true
  return [...(hasPath ? ['REST' as const] : []), ...(hasEvent && isSignedIn ? ['its connection' as const] : [])]
}

/** Calls by name, as code without types would. */
async function invoke(parlor: Client, name: string, input: JsonObject): Promise<Outcome> {
  const call: (name: never, input: never) => Promise<unknown> = parlor.call
  try {
    return { ok: true, status: null, data: await call(name as never, input as never) }
  } catch (thrown) {
    if (!(thrown instanceof ParlorError)) throw thrown
    const { code, message: error, retry, details } = thrown
    const { required, errors } = details
    const fields = { ...(required ? { required: [...required] } : {}), ...(errors ? { errors } : {}) }
    return { ok: false, status: null, failure: { error, code, retry, ...fields } }
  }
}
