import type { Action } from '../../core/action.ts'
import type { Caller } from '../../core/caller.ts'
import type { LimitName } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'

/** A budget that refills: `burst` calls at once, then `perSecond`. Infinity lifts it. */
export type Rate = { readonly burst: number; readonly perSecond: number }

/**
 * Budgets by the limit's name and whom they belong to. A budget that was never touched is full. The local driver answers
 * at once; one that shares budgets between nodes answers a promise.
 */
export type Buckets = {
  /** Takes one call; answers 0, or, when the budget is empty, the ms until it holds one again (and takes nothing). */
  take(name: string, key: string, rate: Rate): number | Promise<number>
}
export type LocalBuckets = { take(name: string, key: string, rate: Rate): number }

/** Whom a limit counts: each caller (the user, or the address of someone without a token) or each address. */
export type LimitRate = Rate & { readonly by: 'caller' | 'address' }

/** What the pipeline asks before it parses: takes one call of the action's limit, or throws `rate_limited`. */
export function createLimiter(deps: {
  rates: Readonly<Record<LimitName, LimitRate>>
  buckets: LocalBuckets
}): (action: Pick<Action, 'contract'>, caller: Caller) => void {
  const { rates, buckets } = deps
  if (Object.values(rates).every((rate) => isLifted(rate))) return () => {}
  return (action, caller) => {
    const name = action.contract.limit
    const rate = rates[name]
    if (isLifted(rate)) return
    const key = rate.by === 'caller' && caller.kind === 'user' ? caller.user.id : addressKey(caller.address)
    const wait = buckets.take(name, key, rate)
    if (wait > 0) throw rateLimited(wait)
  }
}

export const isLifted = (rate: Rate): boolean => rate.perSecond === Number.POSITIVE_INFINITY

/** `retry_after` in whole seconds, at least one, as the `Retry-After` header has it (RFC 9110, 10.2.3). */
export function rateLimited(waitMs: number): AppError {
  return new AppError('rate_limited', { details: { retry_after: Math.max(1, Math.ceil(waitMs / 1000)) } })
}

/** Who shares a budget: an IPv4 address, or the /64 network of an IPv6 one, for its owner holds all addresses in it. */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address
  const [before = '', after] = address.split('::')
  const groups = before === '' ? [] : before.split(':')
  const rest = after ? after.split(':') : []
  const zeros = after === undefined ? 0 : 8 - groups.length - rest.length
  const all = [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...rest]
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
