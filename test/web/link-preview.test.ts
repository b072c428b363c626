import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { createRoom, ok, signInGuest, type Guest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'

suite('[A7] the preview of a room link', { timeout: 60_000 }, () => {
  let server: Server
  let ann: Guest
  before(async () => {
    server = await startServer()
    ann = await signInGuest(server.url, 'Ann')
  })
  after(() => server[Symbol.asyncDispose]())

  async function titleOf(room_id: string): Promise<string | undefined> {
    const reply = await fetch(`${server.url}/r/${room_id}`, {
      headers: { accept: '*/*', 'user-agent': 'facebookexternalhit/1.1' },
    })
    assert.equal(reply.status, 200)
    return /<meta property="og:title" content="([^"]*)">/.exec(await reply.text())?.[1]
  }

  test('shows the current name of a room that anyone may read', async () => {
    const { id } = await createRoom(server.url, ann, { name: 'Tea & <b>cake</b>' })
    assert.equal(await titleOf(id), 'Tea &amp; &lt;b&gt;cake&lt;/b&gt;')
    await ok(server.url, 'PATCH', `/api/rooms/${id}`, { token: ann.token, body: { name: 'Coffee' } })
    assert.equal(await titleOf(id), 'Coffee')
  })

  test('shows the same for private, closed and absent rooms, and those with a waiting room', async () => {
    const hidden = [
      await createRoom(server.url, ann, { name: 'Secret', is_private: true }),
      await createRoom(server.url, ann, { name: 'Secret', password: 'correct horse', is_private: true }),
      await createRoom(server.url, ann, { name: 'Secret', settings: { waiting: true } }),
      await createRoom(server.url, ann, { name: 'Secret' }),
    ]
    await ok(server.url, 'DELETE', `/api/rooms/${hidden[3]?.id}`, { token: ann.token })
    for (const { id } of [...hidden, { id: 'nowhere' }, { id: '%00' }]) assert.equal(await titleOf(id), 'Parlor', id)
  })
})
