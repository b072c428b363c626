import type { Answered, Asked } from '../../server/src/core/contract.ts'
import type { callActions } from '../../server/src/features/calls/contract.ts'
import type { identityActions } from '../../server/src/features/identity/contract.ts'
import type { messageActions } from '../../server/src/features/messages/contract.ts'
import type { opsActions } from '../../server/src/features/ops/contract.ts'
import type { roomActions } from '../../server/src/features/rooms/contract.ts'

type Contracts = typeof identityActions &
  typeof roomActions &
  typeof messageActions &
  typeof callActions &
  typeof opsActions

/** Everything that a server can be asked for, as its contracts declare it: `rooms.create`, `messages.history` … */
export type ActionName = keyof Contracts
export type ActionInput<Name extends ActionName> = Asked<Contracts[Name]>
export type ActionOutput<Name extends ActionName> = Answered<Contracts[Name]>

/** The input may be left out where nothing in it must be there. */
export type InputArgument<Name extends ActionName> =
  ActionInput<Name> extends Record<string, never>
    ? [input?: ActionInput<Name>]
    : Partial<ActionInput<Name>> extends ActionInput<Name>
      ? [input?: ActionInput<Name>]
      : [input: ActionInput<Name>]

export type Call = <Name extends ActionName>(name: Name, ...input: InputArgument<Name>) => Promise<ActionOutput<Name>>

/** The actions of one feature as methods: `rooms.create` becomes `create`. */
export type Methods<Feature extends string> = {
  readonly [Name in ActionName as Name extends `${Feature}.${infer Method}` ? Method : never]: (
    ...input: InputArgument<Name>
  ) => Promise<ActionOutput<Name>>
}
