import { ok, rest, signInGuest } from '../harness/rest.ts'
import type { Room, Session } from '../harness/wire.ts'
import type { HonestJob } from './processes/honest.ts'

/** What a scenario prepares its stage with, while the server has no limits. */
export type Stand = { readonly url: string; readonly port: number; readonly dataDir: string; readonly isShort: boolean }

const password = 'a long walk in the rain'
const honestAccounts = 12

/** The rooms and accounts of the honest clients. */
export async function honestJob({ url, port, isShort }: Stand): Promise<HonestJob> {
  const { token, id } = await signInGuest(url, 'Honest')
  const [room, visited] = await Promise.all(
    ['Where they talk', 'Where they come and go'].map((name) =>
      ok<Room>(url, 'POST', '/api/rooms', { token, body: { name } }),
    ),
  )
  if (!room || !visited) throw new Error(`no rooms for ${id}`)
  await fill(url, visited.id, token, 50, 200)
  const accounts = await Promise.all(
    Array.from({ length: honestAccounts }, async (_, n) => {
      const email = `honest-${n}@example.org`
      const body = { email, password, username: `Honest ${n}` }
      await ok<Session>(url, 'POST', '/api/auth/register', { body })
      return { email, password }
    }),
  )
  return { port, token, room: room.id, visited: visited.id, accounts, signInEveryMs: isShort ? 500 : 1500 }
}

/** Sends `count` messages of equal size, a few at a time. */
export async function fill(
  url: string,
  room: string,
  token: string | undefined,
  count: number,
  length: number,
  character = 'm',
): Promise<void> {
  const content = character.repeat(length)
  for (let done = 0; done < count; done += 20)
    await Promise.all(
      Array.from({ length: Math.min(20, count - done) }, () =>
        ok(url, 'POST', '/api/message', { token, body: { room_id: room, content, sender: 'Setup' } }),
      ),
    )
}

export type GuestToken = { id: string; token: string }

/** Signs in guests, each with its own session. */
export async function guests(url: string, count: number, name: string): Promise<GuestToken[]> {
  const made: GuestToken[] = []
  for (let done = 0; done < count; done += 25)
    made.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(25, count - done) }, (_, n) => signInGuest(url, `${name} ${done + n}`)),
      )),
    )
  return made.map(({ id, token }) => ({ id, token }))
}

export async function room(url: string, host: GuestToken, name = 'A room'): Promise<string> {
  const { id } = await ok<Room>(url, 'POST', '/api/rooms', { token: host.token, body: { name } })
  return id
}

export async function join(url: string, { token }: GuestToken, room_id: string): Promise<void> {
  const { status, text } = await rest(url, 'POST', `/api/rooms/${room_id}/join`, { token, body: {} })
  if (status >= 300) throw new Error(`joining answered ${status}: ${text}`)
}
