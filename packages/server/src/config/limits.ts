import type { BytesName, LimitName } from '../core/contract.ts'

const kib = 1024
const mib = 1024 * kib

/** Bounds on sizes and numbers. Those marked `perAddress` are multiplied by RATE_LIMIT_FACTOR; 0 lifts them. */
export const limitTable = {
  eventBodyBytes: { value: 128 * kib, help: 'bytes of one stored event as JSON' },
  recordBytes: { value: 64 * kib, help: 'bytes of one record as JSON' },
  roomRecords: { value: 20_000, help: 'records in one room' },
  roomRecordBytes: { value: 64 * mib, help: 'bytes of all records of one room' },
  roomAttached: { value: 5_000, help: 'connections attached to one room in one process (not the lobby)' },
  connectionRooms: { value: 200, help: 'rooms that one connection may be attached to' },
  clientBytes: {
    value: 64 * mib,
    help: 'bytes for one client alone that wait for all clients of one process; at most a quarter of the heap limit',
  },
  ringBytes: {
    value: 64 * mib,
    help: 'bytes of frames kept in one process for members that do not read; at most a quarter of the heap limit',
  },
  roomPendingCalls: { value: 1_000, help: 'calls that wait for the commit of one room; more are answered room_busy' },
  frameBytes: { value: 8 * mib, help: 'bytes of one WebSocket message or polling body' },
  frameFragments: { value: 128, help: 'fragments of one WebSocket message' },
  requestBytes: { value: 8 * mib, help: 'bytes of one request body' },
  bodyPackets: { value: 1_000, help: 'Engine.IO packets in one polling body' },
  jsonValues: { value: 20_000, help: 'values in one body or frame of more than 64 KiB of JSON' },
  headerBytes: { value: 16 * kib, help: 'bytes of the headers of one request' },
  addressBytes: {
    value: 32 * mib,
    perAddress: true,
    help: 'bytes of bodies and frames from one address that are not whole yet, each beyond its first 16 KiB',
  },
  addressSockets: {
    value: 2_000,
    perAddress: true,
    help: 'TCP connections of one address (a peer in TRUST_PROXY is free of it), and requests of one that are being answered',
  },
  guestRooms: { value: 20, perAddress: true, help: 'rooms that one guest owns at a time' },
  addressConnections: { value: 1_000, perAddress: true, help: 'open sockets and streams from one address' },
} as const satisfies Record<string, { value: number; perAddress?: true; help: string }>

/**
 * Budgets that refill: `burst` at once, then `perSecond`, in calls or (`unit`) in bytes. They count by caller (the user,
 * or the address of someone without a token) or by address. What guests and new accounts of one address take counts for
 * that address as well, which has the budgets of ten callers. All are multiplied by RATE_LIMIT_FACTOR; 0 lifts them.
 */
export const rateTable = {
  request: { burst: 5_000, perSecond: 500, by: 'address', help: 'HTTP requests of any kind, before all other budgets' },
  poll: { burst: 4_000, perSecond: 1_000, by: 'address', help: 'requests of polling sessions that are open' },
  handshake: { burst: 400, perSecond: 40, by: 'address', help: 'socket handshakes and streams opened' },
  sign_in: { burst: 30, perSecond: 0.5, by: 'address', help: 'signing in or up with a password' },
  guest: { burst: 400, perSecond: 4, by: 'address', help: 'coming in as a guest' },
  password: { burst: 10, perSecond: 1 / 30, by: 'target', help: 'attempts at one password by one caller' },
  password_account: { burst: 30, perSecond: 0.1, by: 'target', help: 'attempts at the password of one account' },
  password_device: {
    burst: 10,
    perSecond: 1 / 30,
    by: 'target',
    help: 'attempts at an account from one device, or one address, that signed in to it before',
  },
  password_address: { burst: 30, perSecond: 0.5, by: 'address', help: 'attempts at passwords from one address' },
  guest_rooms: {
    burst: 100,
    perSecond: 1 / 600,
    by: 'address',
    help: 'rooms made by guests and by accounts younger than a day',
  },
  password_room: {
    burst: 40,
    perSecond: 1 / 30,
    by: 'target',
    help: 'wrong passwords at one room; over it guests need an invitation or an account',
  },
  password_room_account: {
    burst: 5,
    perSecond: 1 / 60,
    by: 'target',
    help: 'attempts of one account at a room over its budget of wrong passwords',
  },
  waiting: { burst: 50, perSecond: 0.1, by: 'address', help: 'coming to wait for one room, from one address' },
  read: { burst: 200, perSecond: 50, by: 'caller', help: 'reading' },
  write: { burst: 60, perSecond: 10, by: 'caller', help: 'making and changing things other than messages' },
  message: { burst: 40, perSecond: 10, by: 'caller', help: 'sending messages' },
  join: { burst: 200, perSecond: 20, by: 'caller', help: 'joining rooms' },
  signal: { burst: 300, perSecond: 100, by: 'caller', help: 'signals, typing and presence' },
  ping: { burst: 20, perSecond: 5, by: 'caller', help: 'pings' },
  sent_bytes: { burst: 4 * mib, perSecond: mib / 2, by: 'caller', unit: 'bytes', help: 'what calls bring' },
  answered_bytes: { burst: 8 * mib, perSecond: mib, by: 'caller', unit: 'bytes', help: 'what calls are answered' },
  fan_out_bytes: {
    burst: 32 * mib,
    perSecond: 4 * mib,
    by: 'caller',
    unit: 'bytes',
    help: 'messages, signals, typing and presence: bytes times receivers',
  },
} as const satisfies Record<
  | LimitName
  | BytesName
  | 'request'
  | 'poll'
  | 'handshake'
  | 'password'
  | 'password_account'
  | 'password_address'
  | 'guest_rooms'
  | 'password_room'
  | 'password_room_account'
  | 'password_device'
  | 'waiting',
  RateRow
>

/** Whom a budget is of; `target`: of what its help names. */
export type CountedBy = 'caller' | 'address' | 'target'

/** How many callers' budgets an address has for all its guests. */
export const callersOfAddress = 10

export type RateRow = { burst: number; perSecond: number; by: CountedBy; unit?: 'bytes'; help: string }
export type RateName = keyof typeof rateTable
export type Rate = { readonly burst: number; readonly perSecond: number; readonly by: CountedBy }
export type Limits = { readonly [Name in keyof typeof limitTable]: number } & {
  readonly rates: { readonly [Name in RateName]: Rate }
}

/** The limits as they bind with this factor; Infinity where factor 0 lifts one. */
export function scaledLimits(factor: number): Limits {
  const scale = (value: number) => (factor === 0 ? Number.POSITIVE_INFINITY : value * factor)
  const bound = (row: { value: number; perAddress?: true }) =>
    row.perAddress ? Math.max(1, Math.round(scale(row.value))) : row.value
  const rate = ({ burst, perSecond, by }: RateRow): Rate => ({
    burst: Math.max(1, scale(burst)),
    perSecond: scale(perSecond),
    by,
  })
  return { ...mapValues(limitTable, bound), rates: mapValues(rateTable, rate) }
}

/** The casts are sound: Object.keys of a table are its names. */
function mapValues<Name extends string, Row, Value>(
  table: Readonly<Record<Name, Row>>,
  change: (row: Row) => Value,
): Record<Name, Value> {
  const names = Object.keys(table) as Name[]
  return Object.fromEntries(names.map((name) => [name, change(table[name])])) as Record<Name, Value>
}
