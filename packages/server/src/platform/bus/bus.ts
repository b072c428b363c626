/** What travels on a bus says which room it is of. Handlers share the object: it is never changed. */
export type Addressed = { readonly room: { readonly num: number } }

export type Subscription = {
  /** Resolves when everything published from then on reaches the handler, as far as the bus is up. */
  readonly confirmed: Promise<void>
  close(): void
}

/**
 * Brings what was committed on one node to every node that subscribed to its room, the committing one included. At most
 * once and in no promised order: a receiver repairs holes from the log.
 */
export type Bus<T extends Addressed> = {
  publish(batch: T): void
  subscribe(room: number, handler: (batch: T) => void): Subscription
  isUp(): boolean
  /** Calls on every change of `isUp`; answers what ends that. */
  onState(listener: (up: boolean) => void): () => void
}
