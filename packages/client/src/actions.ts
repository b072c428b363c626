import type { Actions } from './generated/actions.generated.ts'

/** All actions of the server: `rooms.create`, `messages.history` … */
export type ActionName = keyof Actions
export type ActionInput<Name extends ActionName> = Actions[Name]['input']
export type ActionOutput<Name extends ActionName> = Actions[Name]['output']

/** The input is optional if all its fields are. */
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
