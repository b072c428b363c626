import type { UserCaller } from '../../core/caller.ts'
import { AppError } from '../../core/error.ts'
import { ConnectionCalls } from '../../core/order/connection-calls.ts'
import type { Reader } from '../../core/fairness/read-queue.ts'
import type { ConnectionOwner, Live } from '../../room/live/live.ts'

/** The user of a client between CONNECT and DISCONNECT, and the queue of its calls. */
export class SocketUser {
  /** The connection in the live side. */
  readonly id: string
  readonly #live: Pick<Live, 'owner' | 'reader'>
  readonly #hasEndedSession: () => boolean
  #caller: UserCaller
  /** The owner from which `#caller` was made; the live side replaces it when the user is stored or renamed. */
  #owner: ConnectionOwner
  /** Created with the first call, because most connections only listen. */
  #reader: Reader | null = null
  #calls: ConnectionCalls | null = null

  constructor(
    id: string,
    caller: UserCaller,
    owner: ConnectionOwner,
    live: Pick<Live, 'owner' | 'reader'>,
    hasEndedSession: () => boolean,
  ) {
    this.id = id
    this.#caller = caller
    this.#owner = owner
    this.#live = live
    this.#hasEndedSession = hasEndedSession
  }

  get reader(): Reader {
    return (this.#reader ??= this.#live.reader(this.id))
  }

  get calls(): ConnectionCalls {
    return (this.#calls ??= new ConnectionCalls(() => this.caller()))
  }

  /**
   * Works after the connection closed too, for calls that arrived before; throws `not_authenticated` once its session
   * has ended (rule CO6).
   */
  caller(): UserCaller {
    if (this.#hasEndedSession()) throw new AppError('not_authenticated')
    const owner = this.#live.owner(this.id)
    if (!owner?.user || !owner.profile || owner === this.#owner) return this.#caller
    this.#owner = owner
    this.#caller = { ...this.#caller, user: owner.user, profile: owner.profile, session_id: owner.session_id }
    return this.#caller
  }
}
