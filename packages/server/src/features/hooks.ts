import type { Profile, UserRef } from '../core/caller.ts'
import type { RoomFacts, StoredEvent } from '../core/contract.ts'
import type { Peer } from '../room/live/live.ts'
import type { RoomBatch, RoomRow } from '../room/types.ts'

/** What happens on this node that several features may want to hear of (rules HK1 to HK5): each hook's arguments. */
type HookArguments = {
  /** Someone has become a member; told after the commit, on the node that made it. */
  onMember: [user: number, room: RoomRow]
  /** A profile changed, here or on another node; every node is told. */
  onProfile: [user: UserRef, profile: Profile]
  /** These sessions have ended, here or on another node, and their connections are cut; every node is told. */
  onSessionEnded: [session_ids: readonly string[]]
  /** A user's first connection in a room attached, or the last is gone for good (rule P4 of the engine); `user` is the num. */
  onPresence: [room: RoomFacts, user: number, present: boolean]
  /** A connection of this node was attached to a room, or is not any more (rule P6 of the engine). */
  onAttached: [room: RoomFacts, peer: Peer]
  onDetached: [room: RoomFacts, peer: Peer]
  /** A batch was committed on this node. */
  onCommit: [batch: Pick<RoomBatch, 'room' | 'from'>]
  /** Every node that has someone in the room is told of its events, before anyone there is written them. */
  onRoomEvent: [room: RoomFacts, event: StoredEvent]
  /**
   * An account is deleted: each feature deletes what it keeps of the user, at most `most` things, from `position` on (null:
   * from the start). Told again, on any node, until a whole pass has found nothing (rule HK6).
   */
  onUserDeleted: [user: UserRef, position: string | null, most: number]
  /** What is over and kept long enough may be forgotten; once an hour, on every node. */
  onPrune: []
}

/**
 * How much of something a feature found and dealt with, what failed included, and where to go on; null: it is at the end.
 * What was dealt with is not found again; what failed is, in the next pass.
 */
export type Part = { found: number; next: string | null }

/** What a teller waits for (rules HK4, HK6); it waits for nothing else. */
type Answers = { onUserDeleted: Promise<Part>; onPrune: Promise<void> }
type Answer<Name extends keyof HookArguments> = Name extends keyof Answers ? Answers[Name] : void

type Listener<Name extends keyof HookArguments> = (
  ...told: HookArguments[Name]
) => Name extends 'onUserDeleted' ? Promise<Part> : void | Promise<void>

/** What one feature listens to. */
export type Listeners = { readonly [Name in keyof HookArguments]?: Listener<Name> }

/** Tells all who listen. */
export type Tell = {
  readonly [Name in keyof HookArguments]: (...told: HookArguments[Name]) => Answer<Name>
}

export type Hooks = {
  tell: Tell
  /** Listens from now on, behind those who listen already (rule HK1). */
  listen(listeners: Listeners): void
}

/** One typed list a hook. `onFailure` is told what listeners throw. */
export function createHooks(onFailure: (error: unknown) => void): Hooks {
  const all: { [Name in keyof HookArguments]: Listener<Name>[] } = {
    onMember: [],
    onProfile: [],
    onSessionEnded: [],
    onPresence: [],
    onAttached: [],
    onDetached: [],
    onCommit: [],
    onRoomEvent: [],
    onUserDeleted: [],
    onPrune: [],
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

  /** Rule HK4. */
  const inTurn = <Told extends unknown[]>(listeners: readonly ((...told: Told) => void | Promise<void>)[]) => {
    return async (...told: Told): Promise<void> => {
      const failures: unknown[] = []
      for (const listener of listeners) {
        try {
          await listener(...told)
        } catch (error) {
          failures.push(error)
        }
      }
      for (const failure of failures.slice(1)) onFailure(failure)
      if (failures.length > 0) throw failures[0]
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
      onCommit: each(all.onCommit),
      onRoomEvent: each(all.onRoomEvent),
      onUserDeleted: inParts(all.onUserDeleted),
      onPrune: inTurn(all.onPrune),
    },
    listen(listeners) {
      const add = <One>(list: One[], listener: One | undefined) => void (listener && list.push(listener))
      add(all.onMember, listeners.onMember)
      add(all.onProfile, listeners.onProfile)
      add(all.onSessionEnded, listeners.onSessionEnded)
      add(all.onPresence, listeners.onPresence)
      add(all.onAttached, listeners.onAttached)
      add(all.onDetached, listeners.onDetached)
      add(all.onCommit, listeners.onCommit)
      add(all.onRoomEvent, listeners.onRoomEvent)
      add(all.onUserDeleted, listeners.onUserDeleted)
      add(all.onPrune, listeners.onPrune)
    },
  }
}

/** Rule HK6: one listener after another, one part of one of them each time. */
function inParts(listeners: readonly Listener<'onUserDeleted'>[]): Listener<'onUserDeleted'> {
  return async (user, position, most) => {
    const [, text = '0', inner = null] = /^(\d+)(?: (.*))?$/.exec(position ?? '') ?? []
    const index = Number(text)
    const { found, next } = (await listeners[index]?.(user, inner, most)) ?? { found: 0, next: null }
    if (next !== null) return { found, next: `${index} ${next}` }
    return { found, next: index + 1 < listeners.length ? `${index + 1}` : null }
  }
}
