/** The types of messages of each topic. Handlers share a message: it is never changed. A driver between nodes sends it as JSON. */
export type Messages = { room: unknown; user: unknown; all: unknown; activity: unknown }

export type Subscription = {
  /** Resolves when everything published from then on reaches the handler, as far as the bus is up. */
  readonly confirmed: Promise<void>
  close(): void
}

/** Brings each message to every node that subscribed to its key, the publishing node included (rule BU1). */
export type Topic<Key, Message> = {
  publish(key: Key, message: Message): void
  /** The handler gets the key too, so that subscriptions to many keys may share one. */
  subscribe(key: Key, handler: Handler<Key, Message>): Subscription
}

export type Handler<Key, Message> = (message: Message, key: Key) => void

/**
 * What one node tells the others. At most once and in no promised order (rule BU2): what must not be lost is repaired from
 * the log.
 */
export type Bus<M extends Messages> = {
  /** What was committed to a room, and events for all who receive it, by the room's num. */
  readonly room: Topic<number, M['room']>
  /** Events for all connections of a user, by the user's id. */
  readonly user: Topic<string, M['user']>
  /** Events for all connections of all nodes; it has one key. */
  readonly all: Topic<null, M['all']>
  /** That something happened in rooms, by shard (rule BU3). */
  readonly activity: Topic<number, M['activity']>
  isUp(): boolean
  /** Calls on every change of `isUp`; returns a function that ends this. */
  onState(listener: (up: boolean) => void): () => void
}

/** Shards of the topic `activity`: a node subscribes to those of the rooms that its users belong to. */
export const activityShards = 64

/** The shard of the room with this num. */
export const activityShard = (room: number): number => room % activityShards
