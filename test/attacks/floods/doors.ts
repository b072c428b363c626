import { type ActionUnderTest, allActions, type Door, nameOf } from '../../harness/trials/actions.ts'
import { floodTable } from '../../harness/trials/all-trials.ts'
import type { JsonObject } from '../../harness/wire.ts'
import openApi from '../../../docs/openapi.json' with { type: 'json' }
import { largestInput } from './largest-input.ts'

/** A kind of request to flood with; sent to the attacker's process as JSON. */
export type FloodDoor = {
  name: string
  action: string
  door: { kind: 'http'; method: string; path: string } | { kind: 'socket'; event: string }
  input: JsonObject
  /** Whether it is sent to a room of the caller's own rather than to the shared room. */
  room: 'own' | 'shared'
  /** Whether it is sent with a token. */
  asUser: boolean
}

/** Undocumented routes. Documented routes that belong to no action are read from docs/openapi.json. */
const undocumented = ['/', '/docs', '/docs/events', '/docs/openapi.json', '/docs/asyncapi.json', '/docs/scalar.js']

/** All requests to flood with: every door of every action, variants of them, and the routes that belong to no action. */
export function allFloods(): FloodDoor[] {
  const doors = floodDoors()
  const taken = new Set(
    doors.flatMap(({ flood: { door } }) => (door.kind === 'http' ? [door.path.replace(/:(\w+)/g, '{$1}')] : [])),
  )
  const routes = [...undocumented, ...Object.keys(openApi.paths).filter((path) => !taken.has(path))]
  return [
    ...routes.map((path) => ({
      ...{ name: `GET ${path}`, action: path, input: {}, room: 'shared' as const, asUser: false },
      door: { kind: 'http' as const, method: 'GET', path },
    })),
    ...allActions.flatMap(otherFloods),
    ...doors.map(({ flood }) => flood),
  ]
}

/** Every action of every feature through each of its doors, so a new action is flooded without a change here. */
export function floodDoors(): { flood: FloodDoor; schema: Door['schema'] }[] {
  const all = allActions.flatMap(({ name: action, caller, doors }) =>
    doors.map((door) => ({
      flood: {
        ...floodOf(action, caller, door),
        name: `${action} by ${nameOf(door)}`,
        input: largestInput(action, door),
      },
      schema: door.schema,
    })),
  )
  const place = (action: string) => floodTable[action]?.spoils ?? 0
  return all.toSorted((a, b) => place(a.flood.action) - place(b.flood.action))
}

/** Further inputs that a feature declares for its doors. */
const otherFloods = ({ name: action, caller, doors }: ActionUnderTest): FloodDoor[] =>
  (floodTable[action]?.also ?? []).map(({ name, input, door: through }) => {
    const door = doors.find((each) => nameOf(each) === through)
    if (!door) throw new Error(`${action} has no door ${through}`)
    return { ...floodOf(action, caller, door), name, input, asUser: true }
  })

const floodOf = (action: string, caller: string, door: Door): Omit<FloodDoor, 'name' | 'input'> => ({
  action,
  door:
    door.kind === 'http'
      ? { kind: door.kind, method: door.method, path: door.path }
      : { kind: door.kind, event: door.event },
  room: floodTable[action]?.room ?? 'own',
  asUser: caller === 'user' || door.kind === 'socket',
})
