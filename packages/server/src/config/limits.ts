import type { LimitRow } from '../core/contract.ts'
import type { LimitRate } from '../core/rate.ts'

const kib = 1024
const mib = 1024 * kib

/**
 * The server's limits on sizes and counts; the room engine and the features define theirs in a `limits.ts` of their
 * folders.
 */
export const limitTable = {
  addressBytes: {
    value: 32 * mib,
    perAddress: true,
    help: 'in-flight bytes of one address: incomplete bodies and frames, each beyond its first 16 KiB',
  },
  addressSockets: {
    value: 2_000,
    perAddress: true,
    help: 'TCP connections of one address (except proxies in TRUST_PROXY), and its requests in progress',
  },
  addressConnections: { value: 1_000, perAddress: true, help: 'open sockets and streams from one address' },
} as const satisfies Record<string, LimitRow>

/** How many times a caller's budget one address has for all its guests. */
export const callersOfAddress = 10

export type Limits = { readonly [Name in keyof typeof limitTable]: number } & {
  /** A feature's limit, scaled by the factor. */
  bound(row: LimitRow): number
  /** The same for a budget. */
  rate(row: LimitRate): LimitRate
}

/** The limits scaled by this factor; factor 0 makes scalable limits Infinity. */
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
