import { wireOf } from '../../room/encode/records.ts'
import type { WireContracts } from './asyncapi.ts'

/** Events of the doors themselves, and those by which EventSource tells of its connection. */
const ofDoors = ['ready', 'reset', 'error', 'open']

/** The names of all documented events, in both directions: whoever names an event of their own takes another (rule DC5). */
export const eventNamesOf = ({
  actions,
  events,
  records,
  ephemerals,
}: Pick<WireContracts, 'actions' | 'events' | 'records' | 'ephemerals'>): ReadonlySet<string> =>
  new Set([
    ...ofDoors,
    ...actions.flatMap(({ contract: { socket = [] } }) => socket.map(({ event }) => event)),
    ...events.flatMap(({ wires = [] }) => wires),
    ...records.map(wireOf),
    ...ephemerals.map(({ name }) => name),
  ])
