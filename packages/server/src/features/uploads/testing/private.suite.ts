import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageWithPlace } from '../../../platform/media/testing/samples.ts'
import { account, type Person, roomOf } from '../../rooms/testing/rooms.ts'
import type { Answer } from '../../testing/doors.ts'
import { createRoom, signIn, type World } from '../../testing/world.ts'
import { openDoor } from './door.ts'
import { anew, hour, redact, say, type UploadWorlds } from './worlds.ts'

type Door = Awaited<ReturnType<typeof openDoor>>
/** `token`: of a login or a key; `link`: which query stands behind the path of a file instead. */
type Caller = { token?: string; link?: keyof Links }
type Links = { ofMessage: string; ofUpload: string; spent: string; ofOtherRoom: string; altered: string }
type State = { id: string; room_id: string; links: Partial<Links> }

const queryOf = (url: string) => url.slice(url.indexOf('?'))
const tus = { 'tus-resumable': '1.0.0' }

/** How each route, and each action on a file, is asked for one file; null: it names none. A new one needs a line here. */
const ways: Readonly<Record<string, readonly ((id: string) => readonly [string, string, object?])[] | null>> = {
  // Of persons and rooms: no file is one (rule UP16), so its id leads nowhere there.
  'pictures.read': [(id) => ['GET', `/api/pictures/${id}`]],
  'pictures.readSmaller': [(id) => ['GET', `/api/pictures/${id}/320`]],
  'pictures.setOfRoom': null,
  'pictures.setOwn': null,
  'uploads.send': null,
  'uploads.options': null,
  'uploads.create': null,
  'uploads.read': [(id) => ['GET', `/api/files/${id}`], (id) => ['HEAD', `/api/files/${id}`]],
  'uploads.readRendition': [(id) => ['GET', `/api/files/${id}/320`], (id) => ['HEAD', `/api/files/${id}/320`]],
  'uploads.status': [(id) => ['GET', `/api/uploads/${id}`], (id) => ['HEAD', `/api/uploads/${id}`]],
  'uploads.continue': [
    (id) => {
      const headers = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }
      return ['PATCH', `/api/uploads/${id}`, { headers, body: 'x' }]
    },
  ],
  'uploads.end': [(id) => ['DELETE', `/api/uploads/${id}`]],
}
const actions = [
  (id: string) => ['PATCH', `/api/files/${id}`, { alt: 'x' }] as const,
  (id: string) => ['DELETE', `/api/files/${id}`, {}] as const,
]

/** A world in which each of these people has seen or lost the room, and a file stands in each state. */
async function setUp(world: World, door: Door) {
  const photo = await imageWithPlace({ width: 400 })
  let [host, member, sender, removed, banned, stranger, leaver] = [
    await account(world, 'Host'),
    await account(world, 'Member'),
    await account(world, 'Sender'),
    await account(world, 'Removed'),
    await account(world, 'Banned'),
    await account(world, 'Stranger'),
    await account(world, 'Leaver'),
  ]
  const members = { guest: [member, sender, removed, banned, leaver] }
  const room = await roomOf(world, host, members, { is_private: true })
  const closing = await roomOf(world, host, members, { is_private: true })
  const other = await createRoom(world, stranger, { is_private: true })
  const open = await roomOf(world, host, { guest: [sender] })
  let made = 0
  const attach = async (by: Person, room_id: string) => {
    const sent = await door.sends(by, photo)
    const client_id = `message ${(made += 1)}`
    const { body } = await say(world, by, room_id, { file_ids: [sent.id], client_id })
    const spent = queryOf(body.files[0].url)
    return { id: sent.id, room_id, seq: body.seq, client_id, links: { spent, ofUpload: queryOf(sent.url) } }
  }
  const states = {
    attached: await attach(sender, room.id),
    'of one who was removed': await attach(removed, room.id),
    'of a redacted message': await attach(sender, room.id),
    'of a closed room': await attach(sender, closing.id),
    'of a deleted account': await attach(leaver, room.id),
    'in an open room': await attach(sender, open.id),
  }
  const elsewhere = await attach(stranger, other.id)
  world.advance(26 * hour)
  ;[host, member, sender, removed, banned, stranger, leaver] = [
    await anew(world, host),
    await anew(world, member),
    await anew(world, sender),
    await anew(world, removed),
    await anew(world, banned),
    await anew(world, stranger),
    await anew(world, leaver),
  ]
  const freshLink = async ({ id, room_id }: State, by = host) => {
    const { body } = await world.rest('GET', `/api/rooms/${room_id}/messages`, { token: by.token })
    const files = body.messages.flatMap(({ files: carried = [] }: Answer) => carried)
    return queryOf(files.find((file: Answer) => file.id === id).url)
  }
  const ofOtherRoom = await freshLink(elsewhere, stranger)
  for (const state of Object.values(states)) {
    const ofMessage = await freshLink(state)
    const altered = ofMessage.replace(/room=[^&]*/, `room=${other.id}`)
    Object.assign(state.links, { ofMessage, ofOtherRoom, altered })
  }
  const as = (by: Person) => ({ token: by.token })
  const does = async (by: Person, method: string, path: string, body: object) =>
    assert.ok((await world.rest(method, path, { ...as(by), body })).status < 300, path)
  await does(host, 'DELETE', `${room.path}/members/${removed.id}`, {})
  await does(host, 'DELETE', `${room.path}/members/${banned.id}`, { ban: true })
  await redact(world, room.id, states['of a redacted message'].seq)
  await does(host, 'DELETE', closing.path, {})
  await does(leaver, 'POST', '/api/delete-account', { password: 'an unusual password' })

  const loose = async (fields: Readonly<Record<string, string>> = {}): Promise<State> => {
    const sent = await door.sends(sender, photo, fields)
    return { id: sent.id, room_id: '', links: { ofUpload: queryOf(sent.url), ofOtherRoom } }
  }
  const begun = await door.ask('POST', '/api/uploads', { by: sender, headers: { ...tus, 'upload-length': '9' } })
  const keyOf = async (scopes: readonly string[], room_ids: readonly string[] | null): Promise<Caller> => {
    const body = { name: 'A key', scopes, room_ids }
    return { token: (await world.rest('POST', '/api/keys', { ...as(member), body })).body.key }
  }
  const reads = ['files:read', 'messages:read', 'rooms:read'] as const
  const callers: Record<string, Caller> = {
    host: as(host),
    member: as(member),
    sender: as(sender),
    removed: as(removed),
    banned: as(banned),
    stranger: as(stranger),
    guest: { token: (await signIn(world, 'Guest')).token },
    nobody: {},
    'a deleted account': as(leaver),
    'a key': await keyOf(reads, null),
    'a key of the room': await keyOf(reads, [room.id]),
    'a key of another room': await keyOf(reads, [open.id]),
    'a key without scope': await keyOf(['members:read'], null),
    'a link of the message': { link: 'ofMessage' },
    'a link of the upload': { link: 'ofUpload' },
    'a spent link': { link: 'spent' },
    "a link to another room's file": { link: 'ofOtherRoom' },
    'a link with another room': { link: 'altered' },
  }
  const all: Readonly<Record<string, State>> = {
    ...states,
    loose: await loose(),
    'loose, for the room': await loose({ room_id: room.id }),
    uploading: { id: begun.body.id, room_id: '', links: { ofUpload: queryOf(begun.body.url) } },
  }
  return { callers, states: all, attached: states, rooms: [room.id, closing.id, open.id, other.id] }
}

/** Who may read a file in each state: rules UP5, UP7 and UP18, written once more. */
function mayRead(caller: string, state: string): boolean {
  const ofRoom = ['host', 'member', 'sender', 'a key', 'a key of the room', 'a link of the message']
  if (state === 'attached' || state === 'of one who was removed') return ofRoom.includes(caller)
  if (state === 'in an open room') {
    const never = ['a deleted account', 'a key of the room', 'a key without scope']
    return (
      !never.includes(caller) &&
      (!caller.startsWith('a link') || caller === 'a link of the message') &&
      caller !== 'a spent link'
    )
  }
  if (state === 'loose' || state === 'loose, for the room') return ['sender', 'a link of the upload'].includes(caller)
  return state === 'uploading' && caller === 'sender'
}

/**
 * Who may hear in messages that there is a file, which carry its name: whoever reads the room, also where its bytes are gone with
 * the account or the room.
 */
function mayHear(caller: string, state: string): boolean {
  const left = ['host', 'member', 'sender', 'a key']
  if (state === 'of a deleted account') return [...left, 'a key of the room'].includes(caller)
  // They were sent out of the other room alone.
  if (state === 'of a closed room') return [...left, 'removed', 'banned'].includes(caller)
  return mayRead(caller, state)
}

/** Nobody comes by a file of a room that they may not read. */
export function testPrivate({ openWorld }: UploadWorlds): void {
  test('[UP5] [UP7] [UP18] no way leads to a file for whoever may not read it: routes, actions and sockets × callers × states', async (t) => {
    await using world = await openWorld()
    const door = await openDoor(t, world)
    assert.deepEqual(world.routes.map(({ name: route }) => route).toSorted(), Object.keys(ways).toSorted())
    const { callers, states, attached, rooms } = await setUp(world, door)
    const faults: string[] = []
    const fault = (caller: string, state: string, way: string) => void faults.push(`${caller}: ${state}: ${way}`)

    for (const [who, { token, link }] of Object.entries(callers))
      for (const [what, { id, links }] of Object.entries(states)) {
        const may = mayRead(who, what)
        const by = token === undefined ? null : { token }
        const query = link === undefined ? '' : (links[link] ?? '?room=&until=1&signature=x')
        const isSenders = who === 'sender'
        let isRead = false
        for (const [route, asks] of Object.entries(ways))
          for (const ask of asks ?? []) {
            const [method, path, more = {}] = ask(id)
            // Whoever may change it would.
            if (isSenders && ['PATCH', 'DELETE'].includes(method)) continue
            const { status, text } = await door.ask(method, path + query, { by, ...more })
            const isShown = status < 300 || text.includes(id)
            if (isShown && !may) fault(who, what, `${route} by ${method} answered ${status}`)
            isRead ||= status === 200 && route === 'uploads.read'
          }
        if (may && !isRead && what !== 'uploading') fault(who, what, 'is not read')
        for (const ask of isSenders || link ? [] : actions) {
          const [method, path, body] = ask(id)
          const answer = await world.rest(method, path, { token: token ?? null, body })
          if (answer.status < 300 || JSON.stringify(answer.body).includes(id)) fault(who, what, `${method} ${path}`)
        }
      }

    /** Every action that is read by GET, with what its path asks for. */
    const reads = world.actions.flatMap(({ name: action, contract }) =>
      (contract.http ?? []).flatMap(({ method, path }) => (method === 'GET' ? [{ action, path }] : [])),
    )
    const fill = (path: string, room_id: string) =>
      path.replace(':room_id', room_id).replace(/:(\w+)/g, states['attached']?.id ?? '')
    for (const [who, { token, link }] of Object.entries(callers)) {
      if (link) continue
      const seen = (text: string, way: string) => {
        for (const [what, { id }] of Object.entries(states))
          if (text.includes(id) && !mayHear(who, what)) fault(who, what, way)
      }
      for (const room_id of rooms) {
        for (const { action, path } of reads) {
          const { body } = await world.rest('GET', fill(path, room_id), { token: token ?? null })
          seen(JSON.stringify(body), `${action} by GET ${path}`)
        }
        if (token === undefined) continue
        const heard = await world
          .connect(token)
          .then(async (socket) => {
            for (const cursor of [{}, { after_seq: 0 }])
              await socket.ask('join_room', { room_id, ...cursor }).catch(() => null)
            return socket.heard
          })
          .catch(() => [])
        seen(JSON.stringify(heard), 'join_room')
      }
      for (const { id, room_id, client_id } of Object.values(attached)) {
        const answer = await say(world, { token: token ?? '' }, room_id, { file_ids: [id], client_id })
        seen(JSON.stringify(answer.body), 'sending with a client_id')
      }
    }
    assert.deepEqual(faults, [])
  })

  test('[M7] [UP5] a sender who was removed hears of a retry without the files that it carried', async (t) => {
    await using world = await openWorld()
    const door = await openDoor(t, world)
    const [host, sender] = [await account(world, 'Host'), await account(world, 'Sender')]
    const { id, path } = await roomOf(world, host, { guest: [sender] }, { is_private: true })
    const { id: file } = await door.sends(sender, 'x')
    const send = () => say(world, sender, id, { content: 'Look', file_ids: [file], client_id: 'c' })
    const first = await send()
    assert.equal(first.body.files[0].id, file)
    assert.deepEqual((await send()).body, first.body)
    assert.equal((await door.ask('GET', `/api/uploads/${file}`, { by: sender })).body.id, file)
    await host.does('DELETE', `${path}/members/${sender.id}`)
    const { files: carried, ...message } = first.body
    assert.equal(carried.length, 1)
    assert.deepEqual(await send(), { status: 201, body: { ...message, url: null } })
    assert.equal(await door.outcome('GET', `/api/uploads/${file}`, { by: sender }), '403 not_a_member')
  })
}
