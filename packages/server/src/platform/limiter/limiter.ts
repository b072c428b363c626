import { addressKey, networkKey, networkShare } from '../../core/address-key.ts'
import type { Caller } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import { timeOf } from '../../core/id.ts'
import {
  type BytesName,
  coreRates,
  type DefinedRate,
  definedRate,
  type Limit,
  type LimitRate,
  type Rate,
} from '../../core/rate.ts'

export type { Rate }

/** So much of one budget. What is more than the whole burst counts as the burst, else it could never pass. */
export type BudgetRequest = { name: string; key: string; rate: Rate; cost: number }

/**
 * Budgets by the limit's name and whom they belong to. A budget that was never touched is full. The local driver answers
 * at once; one that shares budgets between nodes answers a promise.
 */
export type Buckets = {
  /** Takes one call; answers 0, or, when the budget is empty, the ms until it holds one again (and takes nothing). */
  take(name: string, key: string, rate: Rate): number | Promise<number>
}
export type LocalBuckets = {
  take(name: string, key: string, rate: Rate): number
  /** The same for several budgets: takes of all of them, or of none and answers the longest wait. */
  takeAll(asks: readonly BudgetRequest[]): number
  /** Takes what was used already, of a budget that may be left in debt by it: by one burst at most. */
  charge(ask: BudgetRequest): void
}

export type Limiter = {
  /** Takes one call under this limit and the bytes that it brings, or throws `rate_limited` and takes nothing. */
  take(limit: Limit, caller: Caller, bytes: number): void
  /** Takes bytes that the caller has used by now: the next call is refused while that leaves a debt. */
  charge(name: BytesName, caller: Caller, bytes: number): void
  isInDebt(name: BytesName, caller: Caller): boolean
}

export type LimiterDeps = {
  /** A budget as it binds here. */
  scaled: (rate: DefinedRate) => LimitRate
  /** How many callers' budgets an address has for all its guests. */
  callersOfAddress: number
  buckets: LocalBuckets
  clock: Pick<Clock, 'now'>
}

const day = 86_400_000

/** What actions draw on: the budgets of their caller, and of the address of whoever can have many callers. */
export function createLimiter({ scaled, callersOfAddress, buckets, clock }: LimiterDeps): Limiter {
  if (Object.values(coreRates).every((rate) => isLifted(scaled(rate)))) {
    return { take() {}, charge() {}, isInDebt: () => false }
  }

  const known = new Map<DefinedRate, LimitRate>()
  function rateOf(rate: DefinedRate): LimitRate {
    const bound = known.get(rate) ?? scaled(rate)
    known.set(rate, bound)
    return bound
  }

  /** Each budget that the caller draws on under this limit. */
  function asks(limit: Limit | BytesName, caller: Caller, cost: number): BudgetRequest[] {
    const { name } = definedRate(limit)
    const rate = rateOf(definedRate(limit))
    if (isLifted(rate)) return []
    if (rate.by !== 'caller') return addressRequests(name, caller.address, rate, cost)
    const key = caller.kind === 'user' ? caller.user.id : addressKey(caller.address)
    const own = { name, key, rate, cost }
    if (!isOneOfMany(caller, clock.now())) return [own]
    return [own, ...addressRequests(name, caller.address, times(rate, callersOfAddress), cost)]
  }

  return {
    take(limit, caller, bytes) {
      // Nothing of what is charged later: but a debt refuses.
      const wait = buckets.takeAll([
        ...asks(limit, caller, 1),
        ...asks('sent_bytes', caller, Math.max(1, bytes)),
        ...asks('answered_bytes', caller, 0),
        ...(definedRate(limit).fansOut ? asks('fan_out_bytes', caller, 0) : []),
      ])
      if (wait > 0) throw rateLimited(wait)
    },
    charge(name, caller, bytes) {
      for (const ask of asks(name, caller, bytes)) buckets.charge(ask)
    },
    isInDebt: (name, caller) => buckets.takeAll(asks(name, caller, 0)) > 0,
  }
}

/**
 * What is asked of the budget of an address (rule B3). An IPv6 client counts for its /64 network, and for its /48, which has
 * the budgets of several. `at`: what the budget is about, where an address has more than one of this name.
 */
export function addressRequests(name: string, address: string, rate: Rate, cost: number, at = ''): BudgetRequest[] {
  const network = networkKey(address)
  const ofAddress = { name: `${name} of an address`, key: `${addressKey(address)} ${at}`, rate, cost }
  if (network === null) return [ofAddress]
  const ofNetwork = { name: `${name} of a network`, key: `${network} ${at}`, rate: times(rate, networkShare), cost }
  return [ofAddress, ofNetwork]
}

/** Whether whoever calls can be as many callers as they like: their address is counted besides. */
export function isOneOfMany(caller: Caller, now: number): boolean {
  return caller.kind === 'anonymous' || caller.profile.guest || now - timeOf(caller.user.id) < day
}

const times = ({ burst, perSecond }: Rate, factor: number): Rate => ({
  burst: burst * factor,
  perSecond: perSecond * factor,
})

export const isLifted = (rate: Rate): boolean => rate.perSecond === Number.POSITIVE_INFINITY

/** `retry_after` in whole seconds, at least one, as the `Retry-After` header has it (RFC 9110, 10.2.3). */
export function rateLimited(waitMs: number): AppError {
  return new AppError('rate_limited', { details: { retry_after: Math.max(1, Math.ceil(waitMs / 1000)) } })
}
