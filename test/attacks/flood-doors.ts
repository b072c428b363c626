import { allActions, type Door, nameOf } from '../harness/actions.ts'
import type { JsonObject } from '../harness/wire.ts'
import { largestInput } from './largest-input.ts'

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

/** Every action of every feature through every one of its doors: one that is added is flooded as it is. */
export async function floodDoors(): Promise<(FloodDoor & { schema: Door['schema'] })[]> {
  const actions = await allActions()
  const all = actions.flatMap(({ name: action, caller, doors }) =>
    doors.map((door) => ({
      name: `${action} by ${nameOf(door)}`,
      action,
      door:
        door.kind === 'http'
          ? { kind: door.kind, method: door.method, path: door.path }
          : { kind: door.kind, event: door.event },
      input: largestInput(action, door),
      room: inShared.has(action) ? ('shared' as const) : ('own' as const),
      asUser: caller === 'user' || door.kind === 'socket',
      schema: door.schema,
    })),
  )
  const place = ({ action }: FloodDoor) => spoiling.indexOf(action)
  return all.toSorted((a, b) => place(a) - place(b))
}
