import { addressKey, networkKey, networkShare } from '../../core/address-key.ts'
import type { AnyCaller } from '../../core/caller.ts'
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

/** An amount of one budget. An amount above the burst counts as the burst, or it could never pass. */
export type BudgetRequest = { name: string; key: string; rate: Rate; cost: number }

/**
 * Budgets by the limit's name and the key of whoever draws on them. An unused budget is full. The local driver answers
 * synchronously; one that shares budgets between nodes returns a promise.
 */
export type Buckets = {
  /** Takes one call; returns 0, or, when the budget is empty, the ms until it holds one again (and takes nothing). */
  take(name: string, key: string, rate: Rate): number | Promise<number>
}
export type LocalBuckets = {
  take(name: string, key: string, rate: Rate): number
  /** Takes from several budgets: from all of them, or from none and returns the longest wait. */
  takeAll(asks: readonly BudgetRequest[]): number
  /** Takes what was already used. This may leave the budget in debt, by one burst at most. */
  charge(ask: BudgetRequest): void
}

export type Limiter = {
  /** Takes one call and the bytes that it brings, or throws `rate_limited` and takes nothing. */
  take(limit: Limit, caller: AnyCaller, bytes: number): void
  /** Takes bytes that the caller has used by now; the next call is refused while the budget is in debt. */
  charge(name: BytesName, caller: AnyCaller, bytes: number): void
  /** Takes bytes that the caller need not use; false, and nothing is taken, unless the budgets hold all of them. */
  spend(name: BytesName, caller: AnyCaller, bytes: number): boolean
  isInDebt(name: BytesName, caller: AnyCaller): boolean
}

export type LimiterDeps = {
  /** The rate after the server's settings, which scale or lift it. */
  scaled: (rate: DefinedRate) => LimitRate
  /** How many times a caller's budget one address has for all its guests. */
  callersOfAddress: number
  buckets: LocalBuckets
  clock: Pick<Clock, 'now'>
}

const day = 86_400_000

/** The budgets of one action: that of its caller, and that of the address when one address can have many callers. */
export function createLimiter({ scaled, callersOfAddress, buckets, clock }: LimiterDeps): Limiter {
  if (Object.values(coreRates).every((rate) => isLifted(scaled(rate)))) {
    return { take() {}, charge() {}, spend: () => true, isInDebt: () => false }
  }

  const known = new Map<DefinedRate, { rate: LimitRate; ofAddress: AddressBudgets }>()
  function budgetsOf(defined: DefinedRate) {
    const before = known.get(defined)
    if (before) return before
    const rate = scaled(defined)
    const ofAll = rate.by === 'caller' ? times(rate, callersOfAddress) : rate
    const budgets = { rate, ofAddress: addressBudgets(defined.name, ofAll) }
    known.set(defined, budgets)
    return budgets
  }

  /** Adds the budgets that this caller draws on under this limit. Every call comes here for several limits. */
  function ask(
    asks: BudgetRequest[],
    limit: Limit | BytesName,
    caller: AnyCaller,
    keys: AddressKeys | null,
    cost: number,
  ) {
    const defined = definedRate(limit)
    const { rate, ofAddress } = budgetsOf(defined)
    if (isLifted(rate)) return
    if (rate.by === 'caller') {
      const key = caller.kind === 'user' ? caller.user.id : addressKey(caller.address)
      asks.push({ name: defined.name, key, rate, cost })
      if (keys) addRequests(asks, ofAddress, keys, cost)
    } else addRequests(asks, ofAddress, keys ?? addressKeys(caller.address), cost)
  }

  /** Null: limits by caller count for the caller alone. */
  const keysOf = (caller: AnyCaller) => (isOneOfMany(caller, clock.now()) ? addressKeys(caller.address) : null)

  function only(name: BytesName, caller: AnyCaller, cost: number): BudgetRequest[] {
    const asks: BudgetRequest[] = []
    ask(asks, name, caller, keysOf(caller), cost)
    return asks
  }

  return {
    take(limit, caller, bytes) {
      const keys = keysOf(caller)
      const asks: BudgetRequest[] = []
      ask(asks, limit, caller, keys, 1)
      ask(asks, 'sent_bytes', caller, keys, Math.max(1, bytes))
      // Bytes are charged later, but an existing debt refuses the call now.
      ask(asks, 'answered_bytes', caller, keys, 0)
      if (definedRate(limit).fansOut) ask(asks, 'fan_out_bytes', caller, keys, 0)
      const wait = buckets.takeAll(asks)
      if (wait > 0) throw rateLimited(wait)
    },
    charge(name, caller, bytes) {
      for (const each of only(name, caller, bytes)) buckets.charge(each)
    },
    spend(name, caller, bytes) {
      const asks = only(name, caller, bytes)
      return asks.every(({ cost, rate }) => cost <= rate.burst) && buckets.takeAll(asks) === 0
    },
    isInDebt: (name, caller) => buckets.takeAll(only(name, caller, 0)) > 0,
  }
}

type Budget = { readonly name: string; readonly rate: Rate }
/** The budgets of an address, and of its /48 network. */
type AddressBudgets = { readonly address: Budget; readonly network: Budget }
/** The keys under which they count; `network` null: an IPv4 address, which has none. */
type AddressKeys = { readonly address: string; readonly network: string | null }

const addressBudgets = (name: string, rate: Rate): AddressBudgets => ({
  address: { name: `${name} of an address`, rate },
  network: { name: `${name} of a network`, rate: times(rate, networkShare) },
})

const addressKeys = (address: string): AddressKeys => ({ address: addressKey(address), network: networkKey(address) })

function addRequests(asks: BudgetRequest[], budgets: AddressBudgets, keys: AddressKeys, cost: number): void {
  asks.push({ name: budgets.address.name, key: keys.address, rate: budgets.address.rate, cost })
  if (keys.network === null) return
  asks.push({ name: budgets.network.name, key: keys.network, rate: budgets.network.rate, cost })
}

/**
 * The budgets of an address (rule B3). An IPv6 client draws on that of its /64 network, and on that of its /48, which
 * is several times as large. `at`: the subject of the budget, where an address has more than one of this name.
 */
export function addressRequests(name: string, address: string, rate: Rate, cost: number, at = ''): BudgetRequest[] {
  const keys = addressKeys(address)
  const asks: BudgetRequest[] = []
  const keyAt = (key: string) => (at === '' ? key : `${key} ${at}`)
  const { network } = keys
  addRequests(
    asks,
    addressBudgets(name, rate),
    { address: keyAt(keys.address), network: network && keyAt(network) },
    cost,
  )
  return asks
}

/** Whether this caller can create as many callers as they like: then the address is limited too. */
export function isOneOfMany(caller: AnyCaller, now: number): boolean {
  return caller.kind !== 'user' || caller.profile.guest || now - timeOf(caller.user.id) < day
}

const times = ({ burst, perSecond }: Rate, factor: number): Rate => ({
  burst: burst * factor,
  perSecond: perSecond * factor,
})

export const isLifted = (rate: Rate): boolean => rate.perSecond === Number.POSITIVE_INFINITY

/** `retry_after` in whole seconds, at least one, as in the `Retry-After` header (RFC 9110, 10.2.3). */
export function rateLimited(waitMs: number): AppError {
  return new AppError('rate_limited', { details: { retry_after: Math.max(1, Math.ceil(waitMs / 1000)) } })
}
