import assert from 'node:assert/strict'
import { type Answer, codeOf } from '../../testing/doors.ts'
import type { World } from '../../testing/world.ts'

export const password = 'an unusual password'

export const post = (world: World, path: string, body: object, token: string | null = null) =>
  world.rest('POST', path, { body, token })

/** Registers an account with this name; with `token` that guest becomes the account. */
export async function register(world: World, username: string, token: string | null = null) {
  const body = { username, email: `${username.toLowerCase()}@example.org`, password }
  const { status, body: answer } = await world.rest('POST', '/api/auth/register', { body, token })
  if (status !== 201) throw new Error(`Registering answered ${status} ${JSON.stringify(answer)}`)
  return tokensOf(answer)
}

export async function login(world: World, name: string, secret = password, address = '192.0.2.1') {
  return world.rest('POST', '/api/auth/login', { body: { email: name, password: secret }, address })
}

export const tokensOf = (answer: Answer) => ({
  id: String(answer.user.id),
  token: String(answer.access_token),
  refresh: String(answer.refresh_token),
})

export const refreshed = (world: World, refresh_token: string) =>
  world.rest('POST', '/api/auth/refresh', { body: { refresh_token } })

/** Status and code. */
export const outcome = ({ status, body }: { status: number; body: Answer }) =>
  status < 300 ? status : `${status} ${body.code}`

/** The stored hash of a user's password. */
export async function hashOf(world: World, username: string): Promise<string> {
  const query = { sql: `SELECT password_hash FROM users WHERE username = '${username}'`, parameters: [] }
  return (await world.db.all<{ password_hash: string }>(query))[0]?.password_hash ?? ''
}

/** Asserts that REST and sockets refuse these tokens. */
export async function isOver(world: World, { token, refresh }: { token: string; refresh?: string }): Promise<void> {
  assert.equal(outcome(await world.rest('GET', '/api/me', { token })), '401 token_invalid')
  assert.equal(await codeOf(world.connect(token)), 'token_invalid')
  assert.equal(outcome(await post(world, '/api/message', { content: 'x' }, token)), '401 token_invalid')
  if (refresh) assert.equal(outcome(await refreshed(world, refresh)), '401 token_invalid')
}

/** Resolves once background database work is done. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve))
}
