import assert from 'node:assert/strict'
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ok, readHistory, rest } from './harness/rest.ts'
import { startServer, temporaryFolder } from './harness/server.ts'
import { connect } from './harness/socket-client.ts'
import type { Failure, Message, Room, Session } from './harness/wire.ts'

const releases = fileURLToPath(new URL('releases', import.meta.url))

/** What clients rely on in a message; what newer releases add to it does not matter here. */
type Kept = Pick<Message, 'id' | 'seq' | 'content' | 'client_id' | 'created_at'> & { sender: string }
const keptOf = ({ id, seq, content, client_id, created_at, sender }: Message): Kept => {
  return { id, seq, content, client_id, created_at, sender: `${sender.id} ${sender.name}` }
}

type Expectation = {
  secret_key: string
  password: string
  people: Record<'ann' | 'bob' | 'cat' | 'guest', string>
  garden: { id: string; seq: number; epoch: string; messages: Message[] }
  cellar: { id: string; password: string; invite: string; messages: Message[] }
  film: { id: string; movie_source: unknown }
  lobby: { messages: Message[] }
}

const names = readdirSync(releases, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
)

for (const name of names) {
  test(`[DB10] a data folder of ${name} opens, says what it said, and goes on`, async () => {
    const kept = join(releases, name)
    const was: Expectation = JSON.parse(readFileSync(join(kept, 'expected.json'), 'utf8'))
    await using folder = await temporaryFolder()
    copyFileSync(join(kept, 'parlor.db'), join(folder.path, 'parlor.db'))
    await using server = await startServer({ dataDir: folder.path, env: { SECRET_KEY: was.secret_key } })
    const { url } = server
    const signIn = async (who: string) => {
      const body = { email: `${who}@example.org`, password: was.password }
      return (await ok<Session>(url, 'POST', '/api/auth/login', { body })).access_token
    }
    const [ann, bob, cat] = await Promise.all(['ann', 'bob', 'cat'].map(signIn))

    const history = async (room_id: string) => (await readHistory<Message>(url, room_id, ann)).map(keptOf)
    const { garden, cellar, film, lobby } = was
    assert.deepEqual(await history(garden.id), garden.messages.map(keptOf))
    assert.deepEqual(await history(cellar.id), cellar.messages.map(keptOf))
    assert.deepEqual(await history('lobby'), lobby.messages.map(keptOf))
    const { items } = await ok<{ items: Room[] }>(url, 'GET', '/api/rooms/my', { token: ann })
    assert.deepEqual(items.map(({ id }) => id).toSorted(), [garden.id, cellar.id].toSorted())
    const shown = await ok<{ movie_source: unknown }>(url, 'GET', `/api/rooms/${film.id}`, { token: bob })
    assert.deepEqual(shown.movie_source, film.movie_source)

    // Who may what is as it was.
    const banned = await rest<Failure>(url, 'POST', `/api/rooms/${garden.id}/join`, { token: cat, body: {} })
    assert.deepEqual([banned.status, banned.body.code], [403, 'banned'])
    const member = await ok<{ role: string }>(url, 'GET', `/api/rooms/${garden.id}/members/${was.people.bob}`, {
      token: ann,
    })
    assert.equal(member.role, 'cohost')
    const enter = (body: Record<string, string>) =>
      rest<Failure>(url, 'POST', `/api/rooms/${cellar.id}/join`, { token: cat, body })
    assert.equal((await enter({ password: 'wrong' })).body.code, 'invalid_password')
    assert.equal((await enter({ invite: cellar.invite })).status, 200)

    // A cursor of then is served, a repeat of then is the same message, and the room goes on.
    using socket = await connect(url, { token: ann })
    const [first] = garden.messages
    assert.ok(first)
    const joined = await socket.request<{ recovered: boolean; events: { seq: number }[]; seq: number }>('join_room', {
      room_id: garden.id,
      after_seq: first.seq,
      epoch: garden.epoch,
    })
    assert.ok(joined.ok)
    assert.deepEqual([joined.data.recovered, joined.data.seq], [true, garden.seq])
    assert.ok(joined.data.events.length >= garden.messages.length - 1)
    const again = { room_id: garden.id, type: 'text', content: first.content, client_id: first.client_id }
    const repeated = await socket.request<Message>('send_message', again)
    assert.equal(repeated.ok && repeated.data.id, first.id)
    const sent = await socket.request<Message>('send_message', { room_id: garden.id, type: 'text', content: 'Today' })
    assert.equal(sent.ok && sent.data.seq, garden.seq + 1)
  })
}
