import { wireContracts } from '../../../packages/server/src/compose/declared.ts'

/** The parts of a contract that generated tests use. */
export type Schema = {
  safeParse(input: unknown): { success: boolean }
  toJSONSchema(options: object): { properties?: Record<string, unknown>; required?: string[] }
}
export type Door =
  | { kind: 'http'; method: string; path: string; schema: Schema }
  | { kind: 'socket'; event: string; schema: Schema }
export type ActionUnderTest = { name: string; caller: string; doors: readonly Door[] }

/** Every action of every feature, with its doors. */
export const allActions: readonly ActionUnderTest[] = wireContracts.actions.map(
  ({ name, contract: { input, caller, http = [], socket = [] } }) => ({
    name,
    caller,
    doors: [
      ...http.map(({ method, path, accepts: schema = input }) => ({ kind: 'http' as const, method, path, schema })),
      ...socket.map(({ event, accepts: schema = input }) => ({ kind: 'socket' as const, event, schema })),
    ],
  }),
)

export const nameOf = (door: Door): string => (door.kind === 'http' ? `${door.method} ${door.path}` : door.event)

export function fieldsOf({ schema }: Door): { all: string[]; required: string[] } {
  const { properties = {}, required = [] } = schema.toJSONSchema({ io: 'input', unrepresentable: 'any' })
  return { all: Object.keys(properties), required }
}
