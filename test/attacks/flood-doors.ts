import { allActions, type Door, nameOf } from '../harness/actions.ts'
import type { JsonObject } from '../harness/wire.ts'
import openApi from '../../docs/openapi.json' with { type: 'json' }
import { largestInput, places } from './largest-input.ts'

/** One way to flood, as it goes to the attacker's process. */
export type FloodDoor = {
  name: string
  action: string
  door: { kind: 'http'; method: string; path: string } | { kind: 'socket'; event: string }
  input: JsonObject
  /** Whether a room of the caller's own is meant, or the one in which all are. */
  room: 'own' | 'shared'
  /** Whether it is asked with a token. */
  asUser: boolean
}

/** Actions of people in a room; others are asked about a room of the caller's own, where the caller may do everything. */
const inShared = new Set([
  ...['rooms.join', 'rooms.attach', 'rooms.detach', 'rooms.leave', 'rooms.typing', 'rooms.presence', 'rooms.signal'],
  ...['rooms.get', 'rooms.members', 'rooms.member', 'rooms.state'],
  ...['messages.send', 'messages.post', 'messages.history'],
])
/** What spoils the stage for others comes last. */
const spoiling = [
  'rooms.leave',
  'rooms.close',
  'identity.deleteAccount',
  'identity.revokeOtherSessions',
  'identity.logout',
]

/** Routes that no document has. The documented ones that are no action come from docs/openapi.json. */
const undocumented = ['/', '/docs', '/docs/events', '/docs/openapi.json', '/docs/asyncapi.json', '/docs/scalar.js']

/** What the schema of a text does not tell: the same fields may carry an image, up to the bound of the frame. */
const images: readonly Omit<FloodDoor, 'name'>[] = [
  { kind: 'http' as const, method: 'POST', path: '/api/message' },
  { kind: 'socket' as const, event: 'message' },
].map((door) => ({
  action: 'messages.post',
  door,
  input: { room_id: places.room, type: 'image', content: 'A'.repeat(5 * 1024 * 1024), client_id: places.unique },
  room: 'shared' as const,
  asUser: true,
}))

/** Every way in: the actions' doors, the same with images, and the routes that are no actions. */
export async function allFloods(): Promise<FloodDoor[]> {
  const doors = await floodDoors()
  const taken = new Set(
    doors.flatMap(({ flood: { door } }) => (door.kind === 'http' ? [door.path.replace(/:(\w+)/g, '{$1}')] : [])),
  )
  const routes = [...undocumented, ...Object.keys(openApi.paths).filter((path) => !taken.has(path))]
  return [
    ...routes.map((path) => ({
      ...{ name: `GET ${path}`, action: path, input: {}, room: 'shared' as const, asUser: false },
      door: { kind: 'http' as const, method: 'GET', path },
    })),
    ...images.map((image) => ({ ...image, name: `an image by ${image.door.kind}` })),
    ...doors.map(({ flood }) => flood),
  ]
}

/** Every action of every feature through every one of its doors: one that is added is flooded as it is. */
export async function floodDoors(): Promise<{ flood: FloodDoor; schema: Door['schema'] }[]> {
  const actions = await allActions()
  const all = actions.flatMap(({ name: action, caller, doors }) =>
    doors.map((door) => ({ flood: floodOf(action, caller, door), schema: door.schema })),
  )
  const place = (action: string) => spoiling.indexOf(action)
  return all.toSorted((a, b) => place(a.flood.action) - place(b.flood.action))
}

const floodOf = (action: string, caller: string, door: Door): FloodDoor => ({
  name: `${action} by ${nameOf(door)}`,
  action,
  door:
    door.kind === 'http'
      ? { kind: door.kind, method: door.method, path: door.path }
      : { kind: door.kind, event: door.event },
  input: largestInput(action, door),
  room: inShared.has(action) ? 'shared' : 'own',
  asUser: caller === 'user' || door.kind === 'socket',
})
