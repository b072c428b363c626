const mib = 1024 * 1024
const gib = 1024 * mib

/** What a budget counts by; `target`: the thing that its help names. */
type CountedBy = 'caller' | 'address' | 'target'

/** A budget that refills: `burst` at once, then `perSecond`, in calls or bytes. Infinity lifts it. */
export type Rate = { readonly burst: number; readonly perSecond: number }
export type LimitRate = Rate & { readonly by: CountedBy }

/**
 * One budget, before RATE_LIMIT_FACTOR multiplies it. It counts by caller (the user, or the address of someone without a
 * token) or by address. What guests and new accounts of one address take counts for that address as well (rule B3).
 */
type RateRow = LimitRate & {
  /** Absent: in calls. */
  readonly unit?: 'bytes'
  readonly help: string
  /** Actions under this limit read as much as their caller chooses, so they wait for their turn (see turns.ts). */
  readonly reads?: true
  /** Actions under this limit send to other users: a debt of `fan_out_bytes` refuses them. */
  readonly fansOut?: true
}
export type DefinedRate = RateRow & { readonly name: string }

/** The budgets of one part: its actions use them as their limit, and its handlers draw on them. */
export function defineRates<const Rows extends Readonly<Record<string, RateRow>>>(
  rows: Rows,
): { readonly [Name in keyof Rows]: Rows[Name] & { readonly name: string } } {
  const defined = Object.entries(rows).map(([name, row]) => [name, { name, ...row }])
  // Each name of the rows has its entry, which Object.fromEntries cannot say.
  return Object.fromEntries(defined) as { [Name in keyof Rows]: Rows[Name] & { readonly name: string } }
}

/** Budgets of the pipeline: for actions of any feature, and for bytes. */
export const coreRates = defineRates({
  read: { burst: 200, perSecond: 50, by: 'caller', help: 'reading', reads: true },
  write: { burst: 60, perSecond: 10, by: 'caller', help: 'creating and changing things other than messages' },
  sent_bytes: { burst: 4 * mib, perSecond: mib / 2, by: 'caller', unit: 'bytes', help: 'bytes of calls' },
  answered_bytes: { burst: 8 * mib, perSecond: mib, by: 'caller', unit: 'bytes', help: 'bytes of answers' },
  fan_out_bytes: {
    burst: 32 * mib,
    perSecond: 4 * mib,
    by: 'caller',
    unit: 'bytes',
    help: 'messages, signals, typing and presence: bytes times receivers',
  },
  uploaded_bytes: {
    burst: gib,
    perSecond: 16 * mib,
    by: 'caller',
    unit: 'bytes',
    help: 'bytes of bodies that are read as a stream, which become slower beyond it',
  },
  downloaded_bytes: {
    burst: gib,
    perSecond: 32 * mib,
    by: 'caller',
    unit: 'bytes',
    help: 'bytes of files and other streams, which become slower beyond it',
  },
})

/** Budgets in bytes: what a call sends, what it is answered, what others receive because of it, and what streams carry. */
export type BytesName = 'sent_bytes' | 'answered_bytes' | 'fan_out_bytes' | 'uploaded_bytes' | 'downloaded_bytes'

/** The budget from which an action's calls are taken: the name of a core budget, or the value that a part defined. */
export type Limit = 'read' | 'write' | DefinedRate
/** The budgets whose actions read as much as their caller chooses. */
export type ReadLimit = 'read' | { readonly reads: true }

export const definedRate = (limit: Limit | BytesName): DefinedRate =>
  typeof limit === 'string' ? coreRates[limit] : limit

/** The budgets of each part by its name. */
export type RatesByPart = Readonly<Record<string, Readonly<Record<string, DefinedRate>>>>
type Limited = { readonly name: string; readonly contract: { readonly limit: Limit } }

/** The faults in the budgets of these parts and the limits of these actions (rule B4), as sentences. */
export function rateFaults(parts: RatesByPart, actions: readonly Limited[]): string[] {
  const names = Object.values(parts).flatMap((rates) => Object.keys(rates))
  const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at))
  const unknown = actions.filter(({ contract }) => !names.includes(definedRate(contract.limit).name))
  return [
    ...[...twice].map((name) => `Two parts define the budget ${name}: rename one of them.`),
    ...unknown.map(
      ({ name, contract }) =>
        `${name} is under the limit ${definedRate(contract.limit).name}, which no part hands over: add it to the rates of the Feature that defines it.`,
    ),
  ]
}
