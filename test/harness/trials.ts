import type { ActionInput, ActionName, ActionOutput } from '../../packages/client/src/actions.ts'
import type { ActionContract, ClientOutput, ClientInput } from '../../packages/server/src/core/contract.ts'
import type { Part, Set } from './trials/cast.ts'
import type { Person, Stage } from './trials/stage.ts'
import type { JsonObject } from './wire.ts'

export type Actions = Readonly<Record<string, ActionContract>>

/** A call: its caller (null: without a token) and its input. */
export type Call = { by: Person | null; input: JsonObject }

export type DoorsEntry = {
  /** Prepares a call that succeeds, in the same way on each stage. */
  good: (stage: Stage) => Promise<Call>
  /** A call by someone who may not make it, and how it is refused. */
  refused?: (stage: Stage) => Promise<Call & { code: string }>
  /** Fields whose value here is refused by itself. */
  bad?: JsonObject
  /** Doors whose documents have other words for the same. */
  words?: { readonly [door: string]: (input: JsonObject) => JsonObject }
  /** Fields that tell of the moment, not of what happened. */
  differs?: readonly string[]
  /** Connections that make it are in the room: the SDK must be so too. */
  within?: true
  /** How `good` is refused, where no action begins what it is about. */
  answers?: string
  /** It needs no user, and `good` is by one all the same. */
  byUser?: true
}

/** Whether the call succeeds, or the code of its refusal. */
export type Verdict = true | string

/** How people in rooms fare. */
export type RolesEntry = {
  /** What the call is about, where an action asks for different rights. */
  about?: string
  input: (set: Set, part: Part) => JsonObject
  /** What stands in the way, or nothing. */
  verdict: (part: Part, set: Set) => Verdict
  /** Who calls is in the room by this connection first, if they may. */
  attached?: true
  /** It changes nothing of the room: all who may do so in one. */
  keeps?: true
}

export const standings = ['account', 'guest', 'anonymous'] as const

/** The same for an action that is about oneself alone. */
export type StandingEntry = {
  input: (stage: Stage, by: Person | null) => JsonObject | Promise<JsonObject>
} & { readonly [standing in (typeof standings)[number]]: Verdict }

/** What stands for something that only the moment of sending knows. */
export const places = { room: '{room}', user: '{user}', unique: '{unique}' } as const

export type FloodEntry = {
  /** The room in which all are; absent: one of the caller's own, where the caller may do everything. */
  room?: 'shared'
  /** The largest values of fields that no schema tells. Undefined leaves a field out, for a made-up value is refused before anything is done. */
  fields?: JsonObject
  /** It spoils the stage for others, and comes last; of several the one with the highest number. */
  spoils?: number
  /** What else is sent through one of its doors. */
  also?: readonly { name: string; door: string; input: JsonObject }[]
}

export type DoorsOf<A extends Actions> = { readonly [Name in keyof A]: DoorsEntry }
export type RolesOf<A extends Actions> = { readonly [Name in keyof A]: readonly RolesEntry[] | StandingEntry }

/**
 * What the tests of all actions must know of a feature's: it stands in `testing/trials.ts` of its folder. `ToldBySchema`
 * names actions whose schema tells of their input more than its type does, `MadeOfList` those whose schemas hold what features
 * add to rooms, which no type of the server names.
 */
export type FeatureTrials<
  A extends Actions,
  ToldBySchema extends keyof A = never,
  MadeOfList extends keyof A = never,
> = {
  doors: DoorsOf<A>
  roles: RolesOf<A>
  /** That the SDK's generated types are those that the contracts infer; else the names of the actions that differ. */
  sdk: None<Differing<Omit<A, MadeOfList>, ToldBySchema>>
  /** Good values by the field's name: they may be anything that parses. */
  samples?: JsonObject
  floods?: {
    /** As in `FloodEntry`, for all actions that have such a field. */
    fields?: JsonObject
    actions?: { readonly [Name in keyof A]?: FloodEntry }
  }
}

type None<Name> = [Name] extends [never] ? true : Name

type Differing<A extends Actions, ToldBySchema> = {
  [Name in keyof A]: Name extends ActionName
    ? [Takes<A[Name], Name>, IsTaken<A[Name], Name>, Answers<A[Name], Name>, IsAnswered<A[Name], Name>] extends [
        Name extends ToldBySchema ? boolean : true,
        ...[true, true, true],
      ]
      ? never
      : Name
    : Name
}[keyof A]
type Takes<C extends ActionContract, Name extends ActionName> = ClientInput<C> extends ActionInput<Name> ? true : false
type IsTaken<C extends ActionContract, Name extends ActionName> =
  ActionInput<Name> extends ClientInput<C> ? true : false
type Answers<C extends ActionContract, Name extends ActionName> =
  ActionOutput<Name> extends ClientOutput<C> ? true : false
type IsAnswered<C extends ActionContract, Name extends ActionName> =
  ClientOutput<C> extends ActionOutput<Name> ? true : false
