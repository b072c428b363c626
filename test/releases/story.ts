import { openStream } from '../harness/event-stream.ts'
import { ok, rest, type Request } from '../harness/rest.ts'
import type { Server } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { Joined, JsonObject, Message, Room, Session } from '../harness/wire.ts'
import { tellGallery } from './gallery.ts'

/** The password of every account. */
export const password = 'correct horse battery'
/** The key of every release's data. */
export const secretKey = 'kept-for-the-tests-of-earlier-releases-0123456789'

type Invite = { id: string; code: string }
type Kept = { id: string; access_token: string; refresh_token: string }
const kept = ({ user, access_token, refresh_token }: Session): Kept => ({ id: user.id, access_token, refresh_token })

/** Calls a server as one user. */
const as = (url: string, token?: string) => ({
  post: <T = JsonObject>(path: string, body: JsonObject = {}, more: Request = {}) =>
    ok<T>(url, 'POST', path, { ...more, token, body }),
  patch: (path: string, body: JsonObject) => ok(url, 'PATCH', path, { token, body }),
  remove: (path: string) => ok(url, 'DELETE', path, { token }),
})

/**
 * Creates every kind of stored row through the doors, and returns what a later release needs to use them. Data of earlier
 * releases lacks what is added here later, so its part of the result may be missing. `forward` puts the server's clock forward
 * by a minute; without it the story takes that time.
 */
export async function tellStory(server: Pick<Server, 'url' | 'log'>, forward: () => void = () => undefined) {
  const { url } = server
  const ops = await setUp(server)
  const register = (name: string) =>
    as(url).post<Session>('/api/auth/register', { username: name, email: `${name}@example.org`, password })
  const [ann, bob, cat, dan, fay] = [
    kept(await register('ann')),
    kept(await register('bob')),
    kept(await register('cat')),
    kept(await register('dan')),
    kept(await register('fay')),
  ]
  const gus = kept(await as(url).post<Session>('/api/auth/guest', { name: 'Gus' }))
  const eve = kept(await as(url).post<Session>('/api/auth/guest', { name: 'Eve' }))

  const garden = await tellGarden(url, { ann, bob, cat, dan, fay, gus })
  const cellar = await tellCellar(url, ann, bob)
  const porch = await as(url, ann.access_token).post<Room>('/api/rooms', { name: 'Porch', settings: { waiting: true } })
  await as(url, dan.access_token).post(`/api/rooms/${porch.id}/join`)
  await as(url, ann.access_token).post(`/api/rooms/${porch.id}/waiting/${dan.id}/admit`)
  await as(url, eve.access_token).post(`/api/rooms/${porch.id}/join`)

  const hall = await tellHall(url, { ann, dan, gus, eve }, forward)
  const film = await tellFilm(url, bob)
  const gallery = await tellGallery(url, ann)
  const shut = await as(url, bob.access_token).post<Room>('/api/rooms', { name: 'Shut' })
  await as(url, bob.access_token).remove(`/api/rooms/${shut.id}`)
  await as(url).post('/api/message', { content: 'Passing through', sender: 'Stranger' })
  await as(url, ann.access_token).post('/api/message', { content: 'Hello, lobby' })
  await as(url, dan.access_token).patch(`/api/rooms/${porch.id}/preferences`, { favorite: true, group: 'Home' })
  const published = { event_type: 'harvest.begun', data: { of: 'beans' }, room_id: garden.id }
  await as(url, ops).post('/api/events/publish', published)
  const reader = { name: 'Reader', scopes: ['messages:read'], room_ids: [garden.id] }
  const { key } = await as(url, ann.access_token).post<{ key: string }>('/api/keys', reader)
  const polls = await tellPolls(url, garden.id, ann, bob)
  const people = { ann, bob, cat, dan, gus, eve }
  return { people, garden, cellar, porch: porch.id, hall, film, gallery, shut: shut.id, key, polls }
}

/** Resolves with the token of the administrator, whom the server's log invites. */
async function setUp({ url, log }: Pick<Server, 'url' | 'log'>): Promise<string> {
  const { setup_url } = await log.until((line) => 'setup_url' in line, 'the invitation')
  const token = String(setup_url).split('#token=')[1]
  const account = { email: 'ops@example.org', username: 'ops', password }
  const choices = { server_name: 'Village', registration: 'open', guests: true, lobby: true }
  return (await as(url).post<Session>('/api/setup', { token, ...account, ...choices })).access_token
}

type Gardeners = Record<'ann' | 'bob' | 'cat' | 'dan' | 'fay' | 'gus', Kept>

/** A public room with a co-host, a guest, a former member, a deleted account, a ban, and messages of every form. */
async function tellGarden(url: string, { ann, bob, cat, dan, fay, gus }: Gardeners) {
  const host = as(url, ann.access_token)
  const settings = { chat: 'everyone', capacity: 40 }
  const { id } = await host.post<Room>('/api/rooms', { name: 'Garden', settings })
  const path = `/api/rooms/${id}`
  for (const { access_token } of [bob, cat, dan, fay, gus]) await as(url, access_token).post(`${path}/join`)
  await host.patch(`${path}/members/${bob.id}`, { role: 'cohost' })
  await host.patch(path, { name: 'The garden', settings: { capacity: 50 } })
  const say = (by: Kept, content: string, more: JsonObject = {}) =>
    as(url, by.access_token).post<Message>(`${path}/messages`, { type: 'text', content, ...more })
  const first = await say(ann, 'Welcome to the garden', { client_id: 'first-1' })
  await say(bob, 'Thank you! 👩‍👩‍👧 ñ é 漢字', { reply_to: first.id })
  await say(cat, '**Bold** and `code`', { format: 'markdown' })
  await say(fay, 'I shall be gone')
  await say(gus, 'I am a guest, \\ and \'quote\' and "quote"\nin two lines')
  using stream = await openStream(url, `/api/events?room_id=${id}`, { token: ann.access_token })
  const seen = await say(dan, 'Seen on the stream')
  await stream.hear('new_message', (data) => data['id'] === seen.id)
  const last_event_id = stream.lastId
  using socket = await connect(url, { token: bob.access_token })
  const { epoch } = await socket.ask<Joined>('join_room', { room_id: id })
  for (let count = 1; count <= 8; count += 1)
    await socket.ask('send_message', { room_id: id, type: 'text', content: `By socket ${count}` })
  await as(url, dan.access_token).post(`${path}/leave`)
  await host.remove(`${path}/members/${cat.id}?ban=true`)
  await as(url, fay.access_token).post('/api/delete-account', { password })
  await as(url, bob.access_token).patch('/api/auth/me', { username: 'bobby' })
  await as(url, bob.access_token).patch(`${path}/me`, { languages: { speaks: ['es'], reads: ['es', 'en'] } })
  await as(url, bob.access_token).post(`${path}/read`, { read_seq: first.seq })
  await host.post(`${path}/unread`, { from_seq: first.seq })
  return { id, epoch, first, last_event_id }
}

/** A private room with a password, an invitation that never expires, and one for co-hosts that expires within the hour. */
async function tellCellar(url: string, ann: Kept, bob: Kept) {
  const host = as(url, ann.access_token)
  const secret = 'open sesame'
  const { id } = await host.post<Room>('/api/rooms', { name: 'Cellar', is_private: true, password: secret })
  const path = `/api/rooms/${id}`
  const endless = await host.post<Invite>(`${path}/invites`, { expires_in: null })
  const brief = await host.post<Invite>(`${path}/invites`, { expires_in: 3600, max_uses: 1, role: 'cohost' })
  const revoked = await host.post<Invite>(`${path}/invites`)
  await host.remove(`${path}/invites/${revoked.id}`)
  await as(url, bob.access_token).post(`${path}/join`, { invite: endless.code })
  await as(url, bob.access_token).post(`${path}/messages`, { type: 'text', content: 'It is dark here' })
  return { id, password: secret, endless: endless.code, brief: brief.code, revoked: revoked.code }
}

/** A room with a waiting room and an absent owner: the stand-in has sent out one user and let in another. */
async function tellHall(
  url: string,
  { ann, dan, gus, eve }: Record<'ann' | 'dan' | 'gus' | 'eve', Kept>,
  forward: () => void,
) {
  const { id } = await as(url, ann.access_token).post<Room>('/api/rooms', { name: 'Hall' })
  const path = `/api/rooms/${id}`
  const standIn = as(url, dan.access_token)
  await standIn.post(`${path}/join`)
  await as(url, gus.access_token).post(`${path}/join`)
  await as(url, ann.access_token).patch(path, { settings: { waiting: true } })
  using socket = await connect(url, { token: dan.access_token })
  {
    using owner = await connect(url, { token: ann.access_token })
    for (const each of [owner, socket]) await each.ask('join_room', { room_id: id })
    await owner.ask('leave_room', { room_id: id })
    await socket.hear('user_left', ({ room_id }) => room_id === id)
  }
  // A stand-in takes over after the owner was absent for 30 s.
  forward()
  await socket.hear('member_changed', (data) => data['role'] === 'host', { ms: 90_000 })
  await standIn.remove(`${path}/members/${gus.id}`)
  await as(url, eve.access_token).post(`${path}/join`)
  await standIn.post(`${path}/waiting/${eve.id}/admit`)
  return id
}

/** An open poll with votes, an anonymous one, and one that is closed. */
async function tellPolls(url: string, room_id: string, ann: Kept, bob: Kept) {
  const path = `/api/rooms/${room_id}/polls`
  const ask = (question: string, more: JsonObject = {}) =>
    as(url, ann.access_token).post<{ id: string }>(path, { question, options: ['Roses', 'Beans'], ...more })
  const [open, secret, closed] = [
    await ask('What next?'),
    await ask('And then?', { anonymous: true }),
    await ask('Done?'),
  ]
  for (const { id } of [open, secret, closed])
    await ok(url, 'PUT', `${path}/${id}/vote`, { token: bob.access_token, body: { option_ids: ['b'] } })
  await as(url, ann.access_token).post(`${path}/${closed.id}/close`)
  return { open: open.id, secret: secret.id, closed: closed.id }
}

/** A room with a film, created with an `Idempotency-Key`. */
async function tellFilm(url: string, bob: Kept) {
  const key = 'film-1'
  const movie_source = { type: 'directLink', url: 'https://example.org/film.mp4' }
  const body = { name: 'Film', movie_source }
  const make = () => as(url, bob.access_token).post<Room>('/api/rooms', body, { headers: { 'idempotency-key': key } })
  const { id } = await make()
  const again = await make()
  if (again.id !== id) await as(url, bob.access_token).remove(`/api/rooms/${again.id}`)
  return { id, body, key: again.id === id ? key : null }
}

type Told = Awaited<ReturnType<typeof tellStory>>
/** What the data of 0.1.0 lacks. */
type Later = 'hall' | 'key' | 'gallery' | 'polls'
export type Story = Omit<Told, Later> & Partial<Pick<Told, Later>>

/** Reads at the end of the story: caller, path and answer. */
export type Reading = { by: keyof Story['people'] | 'nobody'; path: string; status: number; body: JsonObject }

export async function readStory(url: string, { people, garden, cellar, porch, film, shut }: Story): Promise<Reading[]> {
  const read = async (by: Reading['by'], path: string): Promise<Reading> => {
    const token = by === 'nobody' ? undefined : people[by].access_token
    // `since` is a time, of the reading itself.
    const {
      status,
      body: { since: _, ...body },
    } = await rest(url, 'GET', path, { token })
    return { by, path, status, body }
  }
  const rooms = [garden.id, cellar.id, porch].map((id) => `/api/rooms/${id}`)
  const parts = ['', '/members', '/bans', '/invites', '/messages?limit=200']
  const readings: [Reading['by'], string][] = [
    ...rooms.flatMap((room) => parts.map((part): [Reading['by'], string] => ['ann', room + part])),
    ...(['nobody', 'gus'] as const).map((by): [Reading['by'], string] => [by, `/api/rooms/${garden.id}/messages`]),
    ...(['nobody', 'cat', 'gus'] as const).map((by): [Reading['by'], string] => [
      by,
      `/api/rooms/${cellar.id}/messages`,
    ]),
    ...(['ann', 'bob', 'gus', 'eve'] as const).map((by): [Reading['by'], string] => [by, '/api/auth/me']),
    ...(['ann', 'dan'] as const).map((by): [Reading['by'], string] => [by, '/api/rooms/my']),
    ['bob', `/api/rooms/${film.id}`],
    ['bob', `/api/rooms/${shut}`],
    ['nobody', '/api/rooms/lobby/messages'],
    ...(['ann', 'bob'] as const).map((by): [Reading['by'], string] => [by, `/api/rooms/${garden.id}/read`]),
  ]
  return Promise.all(readings.map(([by, path]) => read(by, path)))
}

/** The events missed by a client that saw only the garden's first event. */
export async function missedInGarden(url: string, { people, garden }: Story): Promise<Joined> {
  using socket = await connect(url, { token: people.ann.access_token })
  return await socket.ask<Joined>('join_room', { room_id: garden.id, after_seq: 1, epoch: garden.epoch })
}
