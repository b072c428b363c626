import assert from 'node:assert/strict'
import { type Backend, createWorld, type World, type WorldOptions } from '../../testing/world.ts'
import { outcome, post, register } from './register.ts'

/** A key of this user, who may be an administrator. */
export async function keyOf(world: World, token: string, wanted: object = {}) {
  const { status, body } = await post(world, '/api/keys', { name: 'CI', scopes: ['messages:write'], ...wanted }, token)
  assert.equal(status, 201, JSON.stringify(body))
  return { id: String(body.id), key: String(body.key), shown: body }
}

export const me = async (world: World, token: string) => outcome(await world.rest('GET', '/api/me', { token }))

export const listOf = async (world: World, token: string) =>
  (await world.rest('GET', '/api/keys', { token })).body.items

export async function open(backend: Backend, options: WorldOptions = {}) {
  const world = await createWorld(await backend.open(), options)
  return { world, ann: await register(world, 'Ann') }
}
