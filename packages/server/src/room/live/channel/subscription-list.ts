import { Multimap } from '../../../core/collections/multimap.ts'

type Listed = { index: number; readonly connection: { readonly id: string; readonly user_id: string | null } }

/** The subscriptions of a channel, also by connection and by user (rule L10); each knows its index in `all`. */
export class SubscriptionList<S extends Listed> {
  readonly all: S[] = []
  readonly #byConnection = new Map<string, S>()
  readonly #byUser = new Multimap<string, S>()

  /** Its index must be the length of `all`. */
  add(subscription: S): void {
    const { id, user_id } = subscription.connection
    this.all.push(subscription)
    this.#byConnection.set(id, subscription)
    if (user_id !== null) this.#byUser.add(user_id, subscription)
  }

  /** The last subscription moves to the free index: passes go from the end to the start, so they do not miss it. */
  remove(subscription: S): void {
    const last = this.all.pop()
    if (last && last !== subscription) {
      this.all[subscription.index] = last
      last.index = subscription.index
    }
    const { id, user_id } = subscription.connection
    this.#byConnection.delete(id)
    if (user_id !== null) this.#byUser.delete(user_id, subscription)
  }

  ofConnection(connection_id: string): S | undefined {
    return this.#byConnection.get(connection_id)
  }

  ofUser(user_id: string): readonly S[] {
    return this.#byUser.get(user_id)
  }
}
