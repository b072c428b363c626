import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { wireContracts } from '../../packages/server/src/compose/declared.ts'
import type { Takes } from '../../packages/server/src/core/route.ts'
import { type ForKeys, type Scope, scopes } from '../../packages/server/src/core/scope.ts'
import { imageWithPlace } from '../../packages/server/src/platform/media/testing/samples.ts'
import { callThrough } from '../harness/doors.ts'
import { sentFile } from '../harness/files.ts'
import { ok, rest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import { type ActionUnderTest, allActions, type Door, nameOf } from '../harness/trials/actions.ts'
import { doorsTable } from '../harness/trials/all-trials.ts'
import { password, type Person, Stage } from '../harness/trials/stage.ts'
import type { DoorsEntry } from '../harness/trials.ts'
import type { Failure, JsonObject, Room, Session } from '../harness/wire.ts'

type Key = { id: string; key: string }

const contracts: Readonly<Record<string, ForKeys>> = Object.fromEntries(
  wireContracts.actions.map(({ name, contract }) => [name, contract]),
)
const isForAdministrators = (scope: Scope) => /^admin|^broadcast$|^events:publish$/.test(scope)

const doorsOfEachKind = ({ doors }: ActionUnderTest): Door[] =>
  (['http', 'socket'] as const).flatMap((kind) => doors.find((door) => door.kind === kind) ?? [])

const isBorne = (name: string) =>
  wireContracts.actions.some((action) => action.name === name && action.contract.http?.some(({ bearer }) => bearer))

suite('every action with an API key', { timeout: 120_000, concurrency: 4 }, () => {
  let server: Server
  /** The administrator: of others no key may have some scopes. */
  let admin = ''
  before(async () => {
    server = await startServer({})
    const { setup_url } = await server.log.until((line) => 'setup_url' in line, 'the setup')
    const setup = { server_name: 'Parlor', registration: 'open', guests: true, lobby: true }
    const account = { email: 'admin@example.org', username: 'Admin', password }
    const body = { token: String(setup_url).split('#token=')[1], ...setup, ...account }
    admin = (await ok<Session>(server.url, 'POST', '/api/setup', { body })).access_token
  })
  after(() => server?.[Symbol.asyncDispose]())

  const keyOf = (token: string, wanted: readonly Scope[], room_ids: readonly string[] | null = null) => {
    const body = { name: 'A key', scopes: [...new Set(wanted)], room_ids }
    return ok<Key>(server.url, 'POST', '/api/keys', { token, body })
  }

  /** Through a door, with a key; the code of a refusal, or `ok`. A socket is in the room first where the action asks for it. */
  async function through(door: Door, { key }: Key, input: JsonObject, entry: DoorsEntry): Promise<string> {
    if (door.kind === 'http') {
      const outcome = await callThrough(server.url, door, input, { token: key })
      return outcome.ok ? 'ok' : outcome.failure.code
    }
    using client = await connect(server.url, { token: key })
    if (entry.within) await client.ask('join_room', { room_id: input['room_id'] })
    const outcome = await callThrough(server.url, door, input, { socket: async () => client })
    return outcome.ok ? 'ok' : outcome.failure.code
  }

  /** The person of a trial, as an account: only those have keys. */
  async function accountOf(stage: Stage, by: Person | null): Promise<string> {
    if (by === null) return (await stage.account('caller')).token
    if (by.email !== null) return by.token
    const username = stage.unique('promoted')
    const body = { username, email: `${username}@example.org`, password }
    return (await ok<Session>(server.url, 'POST', '/api/auth/register', { token: by.token, body })).access_token
  }

  for (const action of allActions.filter(({ name }) => !isBorne(name))) {
    const entry = doorsTable[action.name]
    const contract = contracts[action.name]
    if (!entry || !contract) throw new Error(`${action.name} has no entry`)
    // One door of each kind: that doors of a kind are alike, `matrix-doors` says.
    for (const door of doorsOfEachKind(action)) {
      const { scope, roomless = false, findsRoom = false } = contract
      test(`[AK2] [AK3] ${action.name} (${scope}) by ${nameOf(door)}`, async () => {
        await using stage = new Stage(server.url)
        const { by, input } = await entry.good(stage)
        const isAdmins = scope !== 'any' && scope !== 'none' && isForAdministrators(scope)
        const token = isAdmins ? admin : await accountOf(stage, by)
        const few = scopes.filter((each) => each !== scope && !isForAdministrators(each))
        const call = async (key: Key) => through(door, key, input, entry)
        if (scope === 'none') return assert.equal(await call(await keyOf(token, few)), 'forbidden')
        if (scope !== 'any' && !(door.kind === 'socket' && scope === 'messages:read'))
          assert.equal(await call(await keyOf(token, few)), 'scope_missing')
        const enough: Scope[] = ['messages:read', ...(scope === 'any' ? [] : [scope])]
        if (scope !== 'any' && !roomless && !findsRoom && !entry.within) {
          const { id } = await ok<Room>(server.url, 'POST', '/api/rooms', { token, body: { name: 'Another' } })
          assert.equal(await call(await keyOf(token, enough, [id])), 'forbidden')
        }
        // Who is not in the room yet becomes a member by it.
        const joins: Scope[] = action.name === 'rooms.attach' ? ['members:write'] : []
        const expected = isAdmins ? 'ok' : (entry.answers ?? 'ok')
        assert.equal(await call(await keyOf(token, [...enough, ...joins])), expected)
      })
    }
  }

  test('[AK2] where the bearer token is no login but an input, a key is refused as that input', async () => {
    await using stage = new Stage(server.url)
    const { key } = await keyOf((await stage.account('caller')).token, ['messages:read'])
    const borne = wireContracts.actions.flatMap(({ contract: { http = [] } }) => http.filter(({ bearer }) => bearer))
    assert.ok(borne.length > 0)
    for (const { method, path } of borne) {
      const { body } = await rest<Failure>(server.url, method, path, { token: key })
      assert.equal(body.code, 'token_invalid', path)
    }
  })

  test('[AK2] every raw route without its scope', async () => {
    await using stage = new Stage(server.url)
    const { token } = await stage.account('caller')
    for (const { name, contract } of wireContracts.routes) {
      const { scope, method, path, takes } = contract
      if (scope === 'any') continue
      const few = scopes.filter((each) => each !== scope && !isForAdministrators(each))
      const { key } = await keyOf(token, few)
      const headers: Record<string, string> = takes.as === 'nothing' ? {} : { 'content-type': typeOf(takes) }
      const target = path.replaceAll(/:\w+/g, 'x')
      const { body } = await rest<Failure>(server.url, method, target, { token: key, headers })
      assert.equal(body.code, scope === 'none' ? 'forbidden' : 'scope_missing', name)
    }
  })

  test('[AK3] [UP18] files by a key of rooms: every call that finds its room itself, for files of its rooms and of none', async () => {
    await using stage = new Stage(server.url)
    const host = await stage.account('host')
    const [mine, other] = [await stage.room(host), await stage.room(host)]
    const { key } = await keyOf(host.token, ['files:read', 'files:write'], [mine.id])
    const calls: Readonly<Record<string, (id: string, room_id: string | null) => Promise<Response>>> = {
      'uploads.send'(_id, room_id) {
        const body = new FormData()
        body.append('file', new Blob(['x']), 'a')
        if (room_id !== null) body.append('room_id', room_id)
        return ask('POST', '/api/files', { body })
      },
      'uploads.create': (_id, room_id) => {
        const metadata = room_id === null ? 'none' : `room_id ${Buffer.from(room_id).toString('base64')}`
        return ask('POST', '/api/uploads', { headers: { 'upload-length': '1', 'upload-metadata': metadata } })
      },
      'uploads.status': (id) => ask('GET', `/api/uploads/${id}`),
      'uploads.continue': (id) => {
        const headers = { 'upload-offset': '1', 'content-type': 'application/offset+octet-stream' }
        return ask('PATCH', `/api/uploads/${id}`, { headers })
      },
      'uploads.read': (id) => ask('GET', `/api/files/${id}`),
      'uploads.readRendition': (id) => ask('GET', `/api/files/${id}/320`),
      'uploads.describe': (id) => {
        const headers = { 'content-type': 'application/json' }
        return ask('PATCH', `/api/files/${id}`, { headers, body: '{"alt":"A cat"}' })
      },
      'uploads.delete': (id) => ask('DELETE', `/api/files/${id}`),
      'uploads.end': (id) => ask('DELETE', `/api/uploads/${id}`),
    }
    type Sent = { headers?: Readonly<Record<string, string>>; body?: FormData | string }
    const ask = (method: string, path: string, { headers = {}, ...sent }: Sent = {}) =>
      fetch(server.url + path, { ...sent, method, headers: { ...headers, authorization: `Bearer ${key}` } })
    const finding = [...wireContracts.routes, ...wireContracts.actions].filter(({ contract }) => contract.findsRoom)
    assert.deepEqual(finding.map(({ name }) => name).toSorted(), Object.keys(calls).toSorted())

    const file = async (room_id: string | null, isAttached: boolean) => {
      const picture = await imageWithPlace({ width: 400 })
      const sent = await sentFile(server.url, host, picture, room_id === null ? {} : { fields: { room_id } })
      const body = { content: '', file_ids: [sent.id] }
      if (isAttached) await ok(server.url, 'POST', `/api/rooms/${room_id}/messages`, { token: host.token, body })
      return sent.id
    }
    for (const [name, call] of Object.entries(calls))
      for (const [room_id, isAttached, isMine] of [
        [mine.id, false, true],
        [mine.id, true, true],
        [other.id, false, false],
        [other.id, true, false],
        [null, false, false],
      ] as const) {
        const answer = await call(await file(room_id, isAttached), room_id)
        const text = await answer.text()
        const code = answer.ok ? 'ok' : JSON.parse(text).code
        // What belongs to a message is no longer changed, and bytes are not sent twice.
        const isChanging = ['uploads.describe', 'uploads.delete', 'uploads.end'].includes(name)
        const expected = isAttached && isChanging ? 'conflict' : name === 'uploads.continue' ? ['ok', 'conflict'] : 'ok'
        const isExpected = isMine ? [expected].flat().includes(code) : code === 'forbidden'
        assert.ok(
          isExpected,
          `${name} of a file for ${room_id === null ? 'no room' : isMine ? 'its' : 'another'} answered ${code}`,
        )
      }
  })

  test('[AK5] [AK6] a socket and a stream need messages:read, and end within a second of a revocation', async () => {
    await using stage = new Stage(server.url)
    const { token } = await stage.account('caller')
    const [writes, reads] = [await keyOf(token, ['messages:write']), await keyOf(token, ['messages:read'])]
    await assert.rejects(connect(server.url, { token: writes.key }), /scope/)
    const events = (query: string) => fetch(`${server.url}/api/events?access_token=${query}`)
    const refused = await events(writes.key)
    assert.deepEqual([refused.status, JSON.parse(await refused.text()).scope], [403, 'messages:read'])
    using client = await connect(server.url, { token: reads.key })
    // One that is in the middle of its calls ends as one that only listens does.
    using busy = await connect(server.url, { token: reads.key })
    const answered: number[] = []
    const calling = (async () => {
      for (;;) {
        await busy.ask('ping', {}, 1000)
        answered.push(performance.now())
        await pause(20)
      }
    })()
    calling.catch(() => undefined)
    const stream = await events(reads.key)
    assert.equal(stream.status, 200)
    const began = performance.now()
    await ok(server.url, 'DELETE', `/api/keys/${reads.id}`, { token })
    assert.match(await stream.text(), /event: error\ndata: .*session_ended/)
    for (const { life } of [client, busy]) await life.until(({ what }) => what === 'disconnect', 'the end')
    assert.ok(performance.now() - began < 1000)
    await assert.rejects(calling)
    assert.ok((answered.at(-1) ?? Number.POSITIVE_INFINITY) - began < 1000, `${answered.length} calls were answered`)
    assert.equal((await events(reads.key)).status, 401)
  })

  test('[AK3] a stream of a key with rooms has those rooms only', async () => {
    await using stage = new Stage(server.url)
    const host = await stage.account('host')
    const [mine, other] = [await stage.room(host), await stage.room(host)]
    const { key } = await keyOf(host.token, ['messages:read'], [mine.id])
    const codeOf = async (query: string) => {
      const reply = await fetch(`${server.url}/api/events?access_token=${key}&${query}`)
      return JSON.parse(await reply.text()).code
    }
    assert.equal(await codeOf(`room_id=${other.id}`), 'forbidden')
    assert.equal(await codeOf('feed=1'), 'forbidden')
    const gone = new AbortController()
    const stream = await fetch(`${server.url}/api/events?access_token=${key}`, { signal: gone.signal })
    const say = (room_id: string, content: string) =>
      ok(server.url, 'POST', `/api/rooms/${room_id}/messages`, { token: host.token, body: { content } })
    await ok(server.url, 'POST', '/api/message', { token: host.token, body: { content: 'lobby' } })
    const later = await stage.room(host)
    for (const [id, content] of [
      [other.id, 'other'],
      [later.id, 'later'],
      [mine.id, 'mine'],
    ] as const)
      await say(id, content)
    let text = ''
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk).toString()
      if (text.includes('"mine"')) break
    }
    assert.doesNotMatch(text, /"(lobby|other|later)"/)
    gone.abort()
  })
})

/** A type that the route takes. */
function typeOf(takes: Exclude<Takes, { as: 'nothing' }>): string {
  if (takes.as === 'form') return 'multipart/form-data; boundary=x'
  const [type = '*'] = takes.types
  return type === '*' ? 'application/octet-stream' : type
}
