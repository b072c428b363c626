import type { Profile } from '../core/caller.ts'
import type { ConnectionOwner, Sink } from './sink.ts'
import type { Catchup, RoomRow } from './types.ts'

export type { ConnectionOwner, CutReason, Frame, Range, Sink } from './sink.ts'

export type Cursor = { after_seq: number | null; epoch: string | null }

export type WireEvent = { seq: number; event: string; data: string }

/** A connection's place in a room, not receiving yet. */
export type Attachment = {
  catchup: Catchup
  /** `catchup.events` as they are delivered live. */
  events: readonly WireEvent[]
  presence: readonly PresenceEntry[]
  peer_id: string
  /** From now on everything newer than `catchup.seq` is delivered; what was sent to the connection before goes first. */
  begin(): void
}
export type PresenceEntry = { user: Profile; peers: readonly { peer_id: string; state: object | null }[] }

/** The live side of rooms on this node: who is attached, what they receive, who is present. */
export type Live = {
  /** A new connection; answers its id, which is also its peer_id. */
  open(sink: Sink, owner: ConnectionOwner): string
  /** Gone: detaches from all rooms; `user_left` with `disconnected` follows after the grace unless the user comes back. */
  close(connection_id: string): void
  /** The owner's profile changed or was stored (its `num` was 0). */
  own(connection_id: string, owner: ConnectionOwner): void
  owner(connection_id: string): ConnectionOwner | undefined
  /** The connection has something of its own to write: it is flushed in this tick, with the frames that wait for it. */
  wake(connection_id: string): void
  /** Attaches first, then reads (rule L2). Rejects with `too_many_rooms`, `room_full` (5,000 on this node), `room_closed`. */
  attach(connection_id: string, room: RoomRow, cursor: Cursor): Promise<Attachment>
  /**
   * Receives the durable events named `only` of a room from now on, and nothing else of it: no membership, presence or
   * catch-up. The lobby's listeners. A later `attach` takes its place until the connection detaches.
   */
  listen(connection_id: string, room: RoomRow, only: string): void
  isAttached(connection_id: string, room: number): boolean
  detach(connection_id: string, room: number, reason: 'left' | 'removed'): void
  /** Detaches every connection of the user; the membership is gone. */
  removeUser(room: number, user: number): void
  /** Tells all attached `room_closed` and lets them go. */
  closeRoom(room: number, reason: string): void
  /** The latest presence state of this connection in the room; null clears it. Delivered as `presence_changed`. */
  setState(connection_id: string, room: number, state: object | null): void
  setTyping(connection_id: string, room: number, typing: boolean): void
  presence(room: number): readonly PresenceEntry[]
  /** To a peer_id, a user id or (null) all others in the room; false: nobody was there. */
  signal(from: string, room: number, to: string | null, name: string, data: unknown): boolean
  /** An ephemeral event to all attached (`new_reaction` and the like), after the durable frames. */
  tell(room: number, event: string, payload: object): void
  /** An event to one connection alone. */
  emit(connection_id: string, event: string, json: string): void
  /** Cuts every connection of these sessions. */
  cutSessions(session_ids: readonly string[]): void
  stop(): Promise<void>
}
