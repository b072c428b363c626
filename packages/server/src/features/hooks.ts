import type { Profile, UserRef } from '../core/caller.ts'
import type { RoomFacts, StoredEvent } from '../core/contract.ts'
import type { Peer, Viewer } from '../room/live/live.ts'
import type { RoomBatch, RoomRow } from '../room/types.ts'

/** Each hook's arguments. A hook tells features what happened on this node (rules HK1 to HK3 and HK5). */
type HookArguments = {
  /** A user has become a member; called after the commit, on the node that made it. */
  onMember: [user: number, room: RoomRow]
  /** A profile changed, here or on another node; called on every node. */
  onProfile: [user: UserRef, profile: Profile]
  /** These sessions have ended, here or on another node, and their connections are closed; called on every node. */
  onSessionEnded: [session_ids: readonly string[]]
  /** A user became present in a room, or is not present any more (rule P4 of the engine); `user` is the num. */
  onPresence: [room: RoomFacts, user: number, present: boolean]
  /** A connection of this node was attached to a room, or detached (rule P6 of the engine). */
  onAttached: [room: RoomFacts, peer: Peer]
  onDetached: [room: RoomFacts, peer: Peer]
  /** What a connection of this node may see of a room has changed: it waits to be attached again (rule V4 of the engine). */
  onViewChanged: [room: RoomFacts, connection: Viewer]
  /** A batch was committed on this node. */
  onCommit: [batch: RoomBatch]
  /** A connection of this node was closed, by its id. */
  onConnectionClosed: [connection_id: string]
  /** An event of a room; called on every node with users in the room, before the event is sent to them. */
  onRoomEvent: [room: RoomFacts, event: StoredEvent]
  /**
   * An account was deleted: each feature deletes what it keeps of the user, at most `most` things, starting at `position`
   * (null: from the start). Called again, on any node, until a whole pass has found nothing (rule HK6).
   */
  onUserDeleted: [user: UserRef, position: string | null, most: number]
}

/**
 * How many things a feature found and processed, failed ones included, and where to continue; null: the end is reached.
 * Processed things are not found again; failed ones are, in the next pass.
 */
export type Part = { found: number; next: string | null }

/** The hooks whose caller waits for a result (rule HK6). */
type Answers = { onUserDeleted: Promise<Part> }
type Answer<Name extends keyof HookArguments> = Name extends keyof Answers ? Answers[Name] : void

type Listener<Name extends keyof HookArguments> = (
  ...told: HookArguments[Name]
) => Name extends 'onUserDeleted' ? Promise<Part> : void | Promise<void>

/** What one feature listens to. */
export type Listeners = { readonly [Name in keyof HookArguments]?: Listener<Name> }

/** Calls all listeners of a hook. */
export type Tell = {
  readonly [Name in keyof HookArguments]: (...told: HookArguments[Name]) => Answer<Name>
}

export type Hooks = {
  tell: Tell
  /** Adds listeners, after those added before (rule HK1). */
  listen(listeners: Listeners): void
}

/** One typed list of listeners per hook. `onFailure` gets what listeners throw. */
export function createHooks(onFailure: (error: unknown) => void): Hooks {
  const all: { [Name in keyof HookArguments]: Listener<Name>[] } = {
    onMember: [],
    onProfile: [],
    onSessionEnded: [],
    onPresence: [],
    onAttached: [],
    onDetached: [],
    onViewChanged: [],
    onCommit: [],
    onConnectionClosed: [],
    onRoomEvent: [],
    onUserDeleted: [],
  }

  /** Rules HK2 and HK3. */
  const each = <Told extends unknown[]>(listeners: readonly ((...told: Told) => void | Promise<void>)[]) => {
    return (...told: Told): void => {
      for (const listener of listeners) {
        try {
          listener(...told)?.catch(onFailure)
        } catch (error) {
          onFailure(error)
        }
      }
    }
  }

  return {
    tell: {
      onMember: each(all.onMember),
      onProfile: each(all.onProfile),
      onSessionEnded: each(all.onSessionEnded),
      onPresence: each(all.onPresence),
      onAttached: each(all.onAttached),
      onDetached: each(all.onDetached),
      onViewChanged: each(all.onViewChanged),
      onCommit: each(all.onCommit),
      onConnectionClosed: each(all.onConnectionClosed),
      onRoomEvent: each(all.onRoomEvent),
      onUserDeleted: inParts(all.onUserDeleted),
    },
    listen(listeners) {
      const add = <One>(list: One[], listener: One | undefined) => void (listener && list.push(listener))
      add(all.onMember, listeners.onMember)
      add(all.onProfile, listeners.onProfile)
      add(all.onSessionEnded, listeners.onSessionEnded)
      add(all.onPresence, listeners.onPresence)
      add(all.onAttached, listeners.onAttached)
      add(all.onDetached, listeners.onDetached)
      add(all.onViewChanged, listeners.onViewChanged)
      add(all.onCommit, listeners.onCommit)
      add(all.onConnectionClosed, listeners.onConnectionClosed)
      add(all.onRoomEvent, listeners.onRoomEvent)
      add(all.onUserDeleted, listeners.onUserDeleted)
    },
  }
}

/** Rule HK6: each call does one part of one listener, the listeners one after another. */
function inParts(listeners: readonly Listener<'onUserDeleted'>[]): Listener<'onUserDeleted'> {
  return async (user, position, most) => {
    const [, text = '0', inner = null] = /^(\d+)(?: (.*))?$/.exec(position ?? '') ?? []
    const index = Number(text)
    const { found, next } = (await listeners[index]?.(user, inner, most)) ?? { found: 0, next: null }
    if (next !== null) return { found, next: `${index} ${next}` }
    return { found, next: index + 1 < listeners.length ? `${index + 1}` : null }
  }
}
