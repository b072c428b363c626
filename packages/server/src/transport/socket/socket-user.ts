import type { UserCaller } from '../../core/caller.ts'
import { AppError } from '../../core/error.ts'
import { ConnectionCalls } from '../../core/order/connection-calls.ts'
import type { Reader } from '../../core/fairness/read-queue.ts'
import type { WaitingCalls } from '../../core/order/waiting-calls.ts'
import type { ConnectionOwner, Live } from '../../room/live/live.ts'

type SocketUserDeps = { live: Pick<Live, 'owner' | 'reader'>; waitingOf: (address: string) => WaitingCalls }

/** The user of a client between CONNECT and DISCONNECT, and the queue of its calls. */
export class SocketUser {
  /** The connection in the live side. */
  readonly id: string
  readonly #deps: SocketUserDeps
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
    deps: SocketUserDeps,
    hasEndedSession: () => boolean,
  ) {
    this.id = id
    this.#caller = caller
    this.#owner = owner
    this.#deps = deps
    this.#hasEndedSession = hasEndedSession
  }

  get reader(): Reader {
    return (this.#reader ??= this.#deps.live.reader(this.id))
  }

  get calls(): ConnectionCalls {
    return (this.#calls ??= new ConnectionCalls(() => this.caller(), this.#deps.waitingOf(this.#owner.address)))
  }

  /**
   * Works after the connection closed too, for calls that arrived before; throws `not_authenticated` once its session
   * has ended (rule CO6).
   */
  caller(): UserCaller {
    if (this.#hasEndedSession()) throw new AppError('not_authenticated')
    const owner = this.#deps.live.owner(this.id)
    if (!owner?.user || !owner.profile || owner === this.#owner) return this.#caller
    this.#owner = owner
    this.#caller = { ...this.#caller, user: owner.user, profile: owner.profile, session_id: owner.session_id }
    return this.#caller
  }
}
