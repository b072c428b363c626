import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { ok, rest } from '../harness/rest.ts'
import { refusedStart, startServer, temporaryFolder } from '../harness/server.ts'
import { type Person, password, Stage } from '../harness/trials/stage.ts'
import { claimsOf, forge } from '../harness/tokens.ts'
import type { Failure, Room, Session } from '../harness/wire.ts'

const first = 'u7Hq-2Lx9_Bd4Vn6Tz1Rc8Wm3Kp5Yj0Gs'
const second = 'Zp5Lw8-Rb1Nc6Hd5Sf0Gy_k3Jx9Qm2Vt7Q'

const statusOf = async (url: string, token: string) => (await rest(url, 'GET', '/api/me', { token })).status

/** A private room with an invitation that never expires. */
async function invited(url: string, { token }: Person) {
  const body = { name: 'Ours', is_private: true }
  const { id } = await ok<Room>(url, 'POST', '/api/rooms', { token, body })
  const asked = { token, body: { expires_in: null } }
  const { code } = await ok<{ code: string }>(url, 'POST', `/api/rooms/${id}/invites`, asked)
  const path = `/api/rooms/${id}/join`
  return async (url: string, token: string) =>
    (await rest<Failure>(url, 'POST', path, { token, body: { invite: code } })).status
}

suite('secrets', { timeout: 60_000, concurrency: 2 }, () => {
  for (const name of ['SECRET_KEY', 'JWT_SECRET_KEY'])
    test(`${name} alone is enough: the other is derived from it, the same at each start`, async () => {
      await using server = await startServer({ env: { [name]: first } })
      const stage = new Stage(server.url)
      const ann = await stage.guest('ann')
      const enter = await invited(server.url, ann)
      await server.stop()
      await server.start()
      assert.equal(await statusOf(server.url, ann.token), 200)
      assert.equal(await enter(server.url, (await stage.guest('bob')).token), 200)
      // Other services may have the key that signs tokens, so it must differ from the other key.
      const own = forge(claimsOf(ann.token), first)
      assert.equal(await statusOf(server.url, own), name === 'JWT_SECRET_KEY' ? 200 : 401)
    })

  test('without both, the server creates a secret in the data folder and keeps it', async () => {
    await using folder = await temporaryFolder()
    await using server = await startServer({ dataDir: folder.path, env: { PARLOR_ENV: 'development' } })
    const stage = new Stage(server.url)
    const ann = await stage.account('ann')
    const enter = await invited(server.url, ann)
    await server.stop()
    await server.start()
    assert.equal(await statusOf(server.url, ann.token), 200)
    assert.equal(await enter(server.url, (await stage.guest('bob')).token), 200)
    const answer = await ok<Session>(server.url, 'POST', '/api/auth/refresh', {
      body: { refresh_token: ann.refresh_token },
    })
    assert.equal(answer.user.id, ann.id)
  })

  test('SECRET_KEY_PREVIOUS still verifies invitations, and tokens signed with a key derived from it', async () => {
    await using server = await startServer({ env: { SECRET_KEY: first } })
    const stage = new Stage(server.url)
    const ann = await stage.account('ann')
    const enter = await invited(server.url, ann)
    await server.stop()
    await server.start({ SECRET_KEY: second, SECRET_KEY_PREVIOUS: first })
    assert.equal(await statusOf(server.url, ann.token), 200)
    const refresh = { body: { refresh_token: ann.refresh_token } }
    const renewed = await ok<Session>(server.url, 'POST', '/api/auth/refresh', refresh)
    assert.equal(await enter(server.url, (await stage.guest('bob')).token), 200)
    await server.stop()
    await server.start({ SECRET_KEY_PREVIOUS: '' })
    assert.equal(await statusOf(server.url, ann.token), 401)
    assert.equal(await statusOf(server.url, renewed.access_token), 200, 'signed by the new key')
    assert.equal(await enter(server.url, (await stage.guest('eve')).token), 403)
    const body = { email: ann.email, password }
    assert.equal((await rest(server.url, 'POST', '/api/login', { body })).status, 200, 'passwords know no key')
  })

  test('production refuses a placeholder among earlier keys, without printing a key', async () => {
    await using folder = await temporaryFolder()
    const env = { SECRET_KEY: first, SECRET_KEY_PREVIOUS: 'your-secret-key-here-please' }
    const { status, said } = await refusedStart({ dataDir: folder.path, env: { PARLOR_ENV: 'production', ...env } })
    assert.ok(status !== null && status !== 0)
    assert.match(said, /SECRET_KEY/)
    for (const key of Object.values(env)) assert.ok(!said.includes(key), 'a key is told to nobody')
  })
})
