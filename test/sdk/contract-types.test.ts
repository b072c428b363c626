import { test } from 'node:test'
import type { ActionInput, ActionName, ActionOutput } from '../../packages/client/src/actions.ts'
import type { Answered, Asked } from '../../packages/server/src/core/contract.ts'
import type { callActions } from '../../packages/server/src/features/calls/contract.ts'
import type { identityActions } from '../../packages/server/src/features/identity/contract.ts'
import type { messageActions } from '../../packages/server/src/features/messages/contract.ts'
import type { opsActions } from '../../packages/server/src/features/ops/contract.ts'
import type { roomActions } from '../../packages/server/src/features/rooms/contract.ts'

// What the compiler finds of the contracts by itself, beside what was generated from their schemas.
type Contracts = typeof identityActions &
  typeof roomActions &
  typeof messageActions &
  typeof callActions &
  typeof opsActions

/** Inputs that a schema tells more exactly than its type: which field must be there, and which texts are taken. */
type ToldByTheSchema = 'calls.token' | 'rooms.removeMember'

type Shared = ActionName & keyof Contracts

type Takes<Name extends Shared> = Asked<Contracts[Name]> extends ActionInput<Name> ? true : false
type IsTaken<Name extends Shared> = ActionInput<Name> extends Asked<Contracts[Name]> ? true : false
type Answers<Name extends Shared> = ActionOutput<Name> extends Answered<Contracts[Name]> ? true : false
type IsAnswered<Name extends Shared> = Answered<Contracts[Name]> extends ActionOutput<Name> ? true : false

/** The names of all actions whose generated types differ from those of their contracts. */
type Differing = {
  [Name in Shared]: [Takes<Name>, IsTaken<Name>, Answers<Name>, IsAnswered<Name>] extends [
    Name extends ToldByTheSchema ? boolean : true,
    ...[true, true, true],
  ]
    ? never
    : Name
}[Shared]

/** True for none; else the names, which the compiler then shows. */
type None<Name> = [Name] extends [never] ? true : Name
export const differsNone: None<Differing> = true
export const missesNone: None<Exclude<keyof Contracts, ActionName>> = true

test('[T1] the generated types of all actions are the types that the contracts infer', () => {})
