import assert from 'node:assert/strict'
import { type Answer, createRoom, type Guest, signIn, type World } from '../features-harness.ts'

/** One who calls over REST: answers the body, and checks the status. */
export type Person = Guest & {
  call(method: string, path: string, body?: object): Promise<{ status: number; body: Answer }>
  /** The code that the call was refused with; `ok` when it passed. */
  code(method: string, path: string, body?: object): Promise<string>
  /** What a call that passes answers. */
  does(method: string, path: string, body?: object): Promise<Answer>
}

export async function person(world: World, name: string): Promise<Person> {
  const guest = await signIn(world, name)
  const call: Person['call'] = (method, path, body = {}) => world.rest(method, path, { token: guest.token, body })
  return {
    ...guest,
    call,
    code: async (method, path, body) => (await call(method, path, body)).body.code ?? 'ok',
    async does(method, path, body) {
      const { status, body: answer } = await call(method, path, body)
      assert.ok(status < 300, `${method} ${path} answered ${status}: ${JSON.stringify(answer)}`)
      return answer
    },
  }
}

export async function people<const Names extends readonly string[]>(
  world: World,
  ...names: Names
): Promise<{ [Name in Names[number]]: Person }> {
  const made: [string, Person][] = []
  for (const name of names) made.push([name, await person(world, name)])
  // Sound: it was made of these names.
  return Object.fromEntries(made) as { [Name in Names[number]]: Person }
}

/** A room of Ann's in which each of these has the role. */
export async function roomOf(world: World, host: Person, others: Record<string, readonly Person[]>, fields = {}) {
  const { id } = await createRoom(world, host)
  for (const [role, all] of Object.entries(others)) {
    for (const one of all) {
      await one.does('POST', `/api/rooms/${id}/join`)
      if (role !== 'guest') await host.does('PATCH', `/api/rooms/${id}/members/${one.id}`, { role })
    }
  }
  if (Object.keys(fields).length > 0) await host.does('PATCH', `/api/rooms/${id}`, fields)
  return { id, path: `/api/rooms/${id}` }
}
