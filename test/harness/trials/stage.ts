import { ok } from '../rest.ts'
import { type ClientOptions, connect, type SocketClient } from '../socket-client.ts'
import type { Joined, JsonObject, Room, Session } from '../wire.ts'

export type Person = {
  id: string
  name: string
  email: string | null
  token: string
  refresh_token: string
  /** The user's connection, opened at the first call. */
  socket(): Promise<SocketClient>
}

export const password = 'a long walk in the rain'

let made = 0

/** The users and rooms of one test, with neutral names for comparing two tests. */
export class Stage {
  readonly url: string
  /** Values that differ on each stage, with the name that replaces them in comparisons. */
  readonly names: [string, string][] = []
  readonly #connections: Promise<SocketClient>[] = []

  constructor(url: string) {
    this.url = url
  }

  guest(role: string): Promise<Person> {
    const name = this.unique(role)
    return this.#signIn('/api/auth/guest', role, { name })
  }

  account(role: string): Promise<Person> {
    const username = this.unique(role)
    return this.#signIn('/api/auth/register', role, { username, email: `${username}@example.org`, password })
  }

  /** A text that is unique to this stage; comparisons replace it with the given name. */
  unique(name: string): string {
    made += 1
    return this.call(`${name}-${process.pid}-${made}`, name)
  }

  call(text: string, name: string): string {
    this.names.push([text, name.toUpperCase()])
    return text
  }

  async #signIn(path: string, role: string, body: JsonObject): Promise<Person> {
    const { user, access_token, refresh_token } = await ok<Session>(this.url, 'POST', path, { body })
    this.call(user.id, `${role}'s id`)
    return this.person(user, access_token, refresh_token)
  }

  person({ id, username, email }: Session['user'], token: string, refresh_token: string): Person {
    let socket: Promise<SocketClient> | null = null
    return {
      id,
      name: username,
      email,
      token,
      refresh_token,
      socket: () => (socket ??= this.connect({ token })),
    }
  }

  connect(options: ClientOptions): Promise<SocketClient> {
    return this.connectTo(this.url, options)
  }

  /** Connects to another server of the same cluster. */
  connectTo(url: string, options: ClientOptions): Promise<SocketClient> {
    const connection = connect(url, options)
    this.#connections.push(connection)
    return connection
  }

  async room(host: Person, fields: JsonObject = {}): Promise<Room> {
    const body = { name: 'A room', ...fields }
    const room = await ok<Room>(this.url, 'POST', '/api/rooms', { token: host.token, body })
    this.call(room.id, 'room')
    return room
  }

  /** Makes a member by REST. */
  async join({ token }: Person, room_id: string, body: JsonObject = {}): Promise<void> {
    await ok(this.url, 'POST', `/api/rooms/${room_id}/join`, { token, body })
  }

  async attach(person: Person, room_id: string, more: JsonObject = {}): Promise<Joined> {
    const client = await person.socket()
    return client.ask<Joined>('join_room', { room_id, ...more })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) (await connection)[Symbol.dispose]()
  }
}
