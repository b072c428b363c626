import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { allActions as actions, type Door, fieldsOf, nameOf } from '../harness/trials/actions.ts'
import { goodCompany } from '../harness/members/good-company.ts'
import { asSent, inPath, place, queryOf } from '../harness/trials/inputs.ts'
import { samples } from '../harness/trials/all-trials.ts'
import { ok, rest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect, type SocketClient } from '../harness/socket-client.ts'
import type { Failure, JsonObject, Session } from '../harness/wire.ts'

// Generated from the contracts, so a new action is tested without a change here.

const long = 'l'.repeat(20_001)
const wrong: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  ' ',
  '\u0000',
  '\ud800',
  '../..',
  '__proto__',
  "'; drop table rooms; --",
  long,
  [],
  [null],
  ['x'],
  {},
  { x: 1 },
  { toString: 'x', constructor: { prototype: {} } },
]
/** The values that a query string or a path can carry; longer ones would be refused for the length of the headers. */
const wrongTexts: readonly unknown[] = [
  ...wrong.filter((value) => typeof value === 'string' && value !== long),
  ...['l'.repeat(3000), '-1', '1.5', '1e9', 'NaN', '99999999999999999999', 'true', 'null', '[]'],
]

suite('every field of every action through every door', { timeout: 180_000 }, () => {
  let server: Server
  let company: Awaited<ReturnType<typeof goodCompany>>
  let client: SocketClient
  let token: string | undefined
  before(async () => {
    server = await startServer()
    company = await goodCompany(server)
    // Bob sends the bad input on a connection of his own, so that a leave or a disconnect does not affect the others.
    client = await connect(server.url, { token: company.bob.token, auth: { lobby: false } })
  })
  after(async () => {
    client?.[Symbol.dispose]()
    company[Symbol.dispose]()
    await server[Symbol.asyncDispose]()
  })

  test('there are actions to test', () => {
    assert.ok(actions.length > 10, `only ${actions.length}`)
  })

  for (const action of actions) {
    for (const door of action.doors) {
      test(`${action.name} by ${nameOf(door)}`, async () => {
        token = await tokenFor(action.name)
        const { all, required } = fieldsOf(door)
        const good = goodInput(required)
        for (const field of required) {
          if (inPath(door, field)) continue
          const { [field]: _, ...rest } = good
          await check(door, rest, { absent: field, required })
        }
        for (const field of all) {
          const isText =
            door.kind === 'http' && (door.method === 'GET' || door.method === 'DELETE' || inPath(door, field))
          for (const value of isText ? wrongTexts : wrong) await check(door, { ...good, [field]: value }, { field })
        }
        await checkPrototypes(door, good)
        await company.goOn()
      })
    }
  }

  /** The caller: Bob, except for actions that end a session or an account, which get one of their own. */
  async function tokenFor(action: string): Promise<string | undefined> {
    if (!action.startsWith('identity.')) return company.bob.token
    // Where the token is the input, a token in the header would replace the field that is left out.
    if (action === 'identity.refresh') return undefined
    const username = `Eve ${randomUUID()}`
    const body = { username, email: `${randomUUID()}@example.org`, password: 'an account of its own' }
    return (await ok<Session>(server.url, 'POST', '/api/auth/register', { body })).access_token
  }

  function goodInput(required: readonly string[]): JsonObject {
    const known: JsonObject = { ...samples, room_id: company.room_id }
    for (const field of required)
      assert.ok(Object.hasOwn(known, field), `give the field ${field} a sample in testing/trials.ts of its feature`)
    return Object.fromEntries(required.map((field) => [field, known[field]]))
  }

  /** The answer is documented; if the contract refuses the input, it has the code and the name of the field. */
  async function check(door: Door, input: JsonObject, about: { field?: string; absent?: string; required?: string[] }) {
    const { status, body } = await call(door, input)
    const what = `${nameOf(door)} with ${JSON.stringify(input).slice(0, 300)} answered ${status} ${JSON.stringify(body).slice(0, 300)}`
    assert.ok(status < 500, what)
    if (about.absent) {
      // Its contract document reports one missing field at a time.
      const isSingly = nameOf(door) === 'POST /api/token'
      assert.deepEqual(
        [status, body.code, body.error, body.retry],
        [
          400,
          'missing_fields',
          isSingly ? `Missing required field: ${about.absent}` : 'Missing required fields',
          'never',
        ],
        what,
      )
      assert.deepEqual(body.required?.toSorted(), isSingly ? [about.absent] : about.required?.toSorted(), what)
      return
    }
    if (door.schema.safeParse(asSent(door, input)).success) return
    if (body.code === 'too_large') return assert.equal(status, 413, what)
    // With an empty segment it is a different path.
    if (about.field && inPath(door, about.field) && (status === 404 || status === 405)) return
    assert.deepEqual(
      [status, body.code, body.error, body.retry],
      [400, 'validation_error', 'Validation error', 'never'],
      what,
    )
    const named = Object.keys(body.errors ?? {})
    assert.ok(named.length > 0 && named.every((name) => name.split('.')[0] === about.field), what)
    for (const sentence of Object.values(body.errors ?? {})) assert.ok(sentence.length > 3, what)
  }

  /** Fields named like members of prototypes change neither the outcome of this call nor of a later one. */
  async function checkPrototypes(door: Door, good: JsonObject) {
    const poison =
      '"__proto__":{"room_id":"lobby","content":"p","name":"p","is_admin":true},"constructor":{"prototype":{"name":"p"}}'
    const { status } = await call(door, JSON.parse(`{${poison}}`), `{${poison}}`)
    assert.ok(status < 500 || status === 501, `${nameOf(door)} with prototypes answered ${status}`)
    const { required } = fieldsOf(door)
    if (required.some((field) => !inPath(door, field))) assert.equal(status, 400)
    void good
  }

  async function call(door: Door, input: JsonObject, raw?: string): Promise<{ status: number; body: Failure }> {
    if (door.kind === 'socket') {
      const reply = await client.request(door.event, input)
      if (reply.ok) return { status: 200, body: { error: '', code: '', retry: '' } }
      return { status: statusOf(reply.code), body: reply }
    }
    const { path, body } = place(door, input)
    const hasBody = door.method !== 'GET' && door.method !== 'DELETE'
    const request = { token, ...(hasBody ? { body: raw ?? body } : {}) }
    const query = hasBody ? '' : queryOf(body)
    return rest<Failure>(server.url, door.method, path + query, request)
  }
})

/** Over a socket only the code is compared. */
function statusOf(code: string): number {
  if (code === 'missing_fields' || code === 'validation_error') return 400
  if (code === 'too_large') return 413
  if (code === 'internal') return 500
  return code === 'storage_unavailable' || code === 'room_busy' ? 503 : 409
}
