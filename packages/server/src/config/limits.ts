import type { LimitRow } from '../core/contract.ts'
import type { LimitRate } from '../core/rate.ts'

const kib = 1024
const mib = 1024 * kib

/** The server's bounds on sizes and numbers; those of the room engine and of features stand in a `limits.ts` of their folders. */
export const limitTable = {
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
  addressConnections: { value: 1_000, perAddress: true, help: 'open sockets and streams from one address' },
} as const satisfies Record<string, LimitRow>

/** How many callers' budgets an address has for all its guests. */
export const callersOfAddress = 10

export type Limits = { readonly [Name in keyof typeof limitTable]: number } & {
  /** A bound of a feature's own as it binds with the factor. */
  bound(row: LimitRow): number
  /** The same of a budget. */
  rate(row: LimitRate): LimitRate
}

/** The limits as they bind with this factor; Infinity where factor 0 lifts one. */
export function scaledLimits(factor: number): Limits {
  const scale = (value: number) => (factor === 0 ? Number.POSITIVE_INFINITY : value * factor)
  const bound = ({ value, perAddress }: LimitRow) => (perAddress ? Math.max(1, Math.round(scale(value))) : value)
  const rate = ({ burst, perSecond, by }: LimitRate): LimitRate => ({
    burst: Math.max(1, scale(burst)),
    perSecond: scale(perSecond),
    by,
  })
  return { ...mapValues(limitTable, bound), bound, rate }
}

/** The casts are sound: Object.keys of a table are its names. */
function mapValues<Name extends string, Row, Value>(
  table: Readonly<Record<Name, Row>>,
  change: (row: Row) => Value,
): Record<Name, Value> {
  const names = Object.keys(table) as Name[]
  return Object.fromEntries(names.map((name) => [name, change(table[name])])) as Record<Name, Value>
}
