import type { Profile, UserRef } from '../../core/caller.ts'
import type { RoomFacts } from '../../core/contract.ts'
import type { Reader, ReadPermit } from '../../core/fairness/read-queue.ts'
import type { Cursor } from '../log/recovery.ts'
import type { Attachment } from './attach.ts'
import type { Holder } from './backlog/backlog.ts'
import type { Attached, ConnectionOwner, Sink } from './sink.ts'
import type { RoomRow } from '../types.ts'

/** The live side of rooms on this node: attached connections, delivery to them, and presence. */
export type Live = {
  /** Adds a connection; answers its id, which is also its peer_id. */
  open(sink: Sink, owner: ConnectionOwner): string
  /** Removes a connection and detaches it from all rooms; `user_left` with `disconnected` follows after the grace unless the user comes back. */
  close(connection_id: string): void
  /** The owner's profile changed or was stored (its `num` was 0). */
  own(connection_id: string, owner: ConnectionOwner): void
  /** The same for every connection of this user, by id. */
  become(user: UserRef, profile: Profile): void
  owner(connection_id: string): ConnectionOwner | undefined
  /**
   * So many bytes for this connection alone were queued: it is flushed in this tick, with the frames that wait for it. It
   * is cut if it keeps asking for such bytes without reading them (rule L5).
   */
  queued(connection_id: string, bytes: number): void
  /** Attaches first, then reads (rule L2). Rejects with `too_many_rooms`, `room_full` (5,000 on this node), `room_closed`. */
  attach(permit: ReadPermit, connection_id: string, room: RoomFacts, cursor: Cursor): Promise<Attachment>
  /** The connection as a reader of the turns; one that is gone is never behind. */
  reader(connection_id: string): Reader
  /**
   * Sends the connection the durable events named `only` of a room from now on, and nothing else: no membership, presence or
   * catch-up. For the lobby's listeners. A later `attach` replaces it until the connection detaches.
   */
  listen(connection_id: string, room: RoomRow, only: string): void
  isAttached(connection_id: string, room: number): boolean
  /** Whether it waits to be attached again, because what it may see has changed (rule V4). */
  isOutdated(connection_id: string, room: number): boolean
  detach(connection_id: string, room: number, reason: 'left' | 'removed'): void
  /**
   * The value of a presence slot for this connection in the room, as JSON text; null clears it. Delivered as `presence_changed`,
   * or as the slot says. Throws `room_busy` if there is no space for it (rule SL5).
   */
  setSlot(connection_id: string, room: number, slot: string, text: string | null): void
  /** Who is present, as JSON text, with all slots. */
  presence(room: number): string
  /** How many connections of this node receive the room's events, listeners included. */
  receivers(room: number): number
  /** How many of them are event streams. */
  streams(room: number): number
  /** How many users are present on this node. */
  presentIn(room: number): number
  /** Whether the user is present on this node; also in a crowd. */
  isPresent(room: number, user_id: string): boolean
  /** The rooms in which the user is present on this node. */
  roomsOf(user_id: string): readonly RoomFacts[]
  /** Sends to a peer_id, a user id or (null) all others in the room; false: nobody was there. */
  signal(from: string, room: number, to: string | null, name: string, data: unknown): boolean
  /** An ephemeral event to all attached on this node, after the durable frames. */
  tell(room: number, event: string, payload: object): void
  /**
   * Sends an event with a binary attachment to all others in the room who keep up (rules BE1 to BE3); `from` is added to the
   * header. Answers its cost in bytes × receivers; 0: the connection is not attached.
   */
  tellBinary(from: string, room: number, event: string, header: object, attachment: Attached): number
  /**
   * Sends an event to all connections of the user on all nodes, streams too (rules DT1 to DT5). Answers its cost in bytes ×
   * receivers, to be charged to whoever caused it, as do the next three.
   */
  tellUser(user_id: string, event: string, payload: object): number
  /** The same to all who receive the room's events, on all nodes, after the durable frames. */
  tellRoom(room: number, event: string, payload: object): number
  /** The same to one connection of this node, unless its client does not keep up; 0: nobody got it. */
  tellPeer(connection_id: string, event: string, payload: object): number
  /** The same to all connections of all nodes. */
  broadcast(event: string, payload: object): number
  /** An event to one connection alone that it must get: a reply, or what is sent in answer to it. */
  emit(connection_id: string, event: string, json: string): void
  /** Connections that only read the room (streams) start over, with what they may read by then. */
  restartReaders(room: number): void
  /** Whether the backlog of this address, or of all, is so large that nothing should be read for it now (rule L8). */
  isTight(address: string): boolean
  /** A door holds so many more bytes for one client without a connection here: they count to the backlog. */
  holds(holder: Holder, bytes: number): void
  /** Connections of the session `from` belong to the session `to` from now on. */
  moveSession(from: string, to: string): void
  /** Cuts every connection of these sessions, after an `error` with the code `session_ended`. */
  cutSessions(session_ids: readonly string[]): void
  stop(): Promise<void>
}

/** A connection whose view has changed; `present`: it is no stream. */
export type Viewer = { readonly id: string; readonly user_id: string | null; readonly present: boolean }
/** Someone's connection in a room. `num` is 0 while a guest is not stored. */
export type Peer = { readonly peer_id: string; readonly user: UserRef }
