import { newId } from '../../core/id.ts'
import { Multimap } from '../../core/collections/multimap.ts'
import type { Connection } from './channel/channel.ts'
import type { ConnectionOwner, Sink } from './sink.ts'

/**
 * The connections of this node, indexed by id, user and session, so that work for one user or session looks at no
 * other connection (rule L10).
 */
export class Connections {
  readonly #byId = new Map<string, Connection>()
  readonly #byUser = new Multimap<string, Connection>()
  readonly #bySession = new Multimap<string, Connection>()
  /** Ids of the users who have connections here, by num. */
  readonly #userIds = new Map<number, string>()

  open(sink: Sink, owner: ConnectionOwner): Connection {
    const connection: Connection = {
      id: newId(),
      sink,
      owner,
      user_id: owner.user?.id ?? null,
      subscriptions: [],
      scheduled: false,
      closed: false,
      unread: 0,
      draining: false,
      drained: [],
    }
    this.#byId.set(connection.id, connection)
    if (connection.user_id !== null) this.#byUser.add(connection.user_id, connection)
    this.#index(connection, owner)
    return connection
  }

  get(id: string): Connection | undefined {
    return this.#byId.get(id)
  }

  ofUser(user_id: string): readonly Connection[] {
    return this.#byUser.get(user_id)
  }

  ofSession(session_id: string): readonly Connection[] {
    return this.#bySession.get(session_id)
  }

  /** The id of the user with this num; undefined when they have no connection here. */
  userId(num: number): string | undefined {
    return this.#userIds.get(num)
  }

  get size(): number {
    return this.#byId.size
  }

  all(): readonly Connection[] {
    return [...this.#byId.values()]
  }

  /** The owner's num, profile or session changed; the user of a connection never does. */
  own(connection: Connection, owner: ConnectionOwner): void {
    if ((owner.user?.id ?? null) !== connection.user_id) throw new Error('A connection belongs to one user for good')
    const { session_id } = connection.owner
    if (session_id !== null && session_id !== owner.session_id) this.#bySession.delete(session_id, connection)
    connection.owner = owner
    if (!connection.closed) this.#index(connection, owner)
  }

  remove(connection: Connection): void {
    const { id, user_id, owner } = connection
    this.#byId.delete(id)
    if (owner.session_id !== null) this.#bySession.delete(owner.session_id, connection)
    if (user_id === null) return
    this.#byUser.delete(user_id, connection)
    if (owner.user && !this.#byUser.has(user_id)) this.#userIds.delete(owner.user.num)
  }

  #index(connection: Connection, { user, session_id }: ConnectionOwner): void {
    if (session_id !== null) this.#bySession.add(session_id, connection)
    if (user && user.num !== 0) this.#userIds.set(user.num, user.id)
  }
}
