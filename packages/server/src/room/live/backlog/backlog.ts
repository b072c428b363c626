import { addressKey } from '../../../core/address-key.ts'
import { type Sink, waitingLimit } from '../sink.ts'

/** What holds bytes for one client: a connection, or an answer over HTTP. */
export type Holder = {
  /** Of the connection; null: an answer. */
  readonly id: string | null
  readonly owner: { readonly address: string }
  readonly sink: Pick<Sink, 'own' | 'drop'>
  readonly closed: boolean
}

/** Ms for which the computed sums are reused, unless more than the limit has been added since. */
const freshness = 5

/**
 * The share of the limit above which nothing is read for all connections, or for those of one address, and
 * the ms for which this may last: then the largest are cut until half of the share is left. Otherwise slow consumers could
 * block all reads for good. For all it ends before a waiting read is refused; an address gets time to read its backlog.
 */
const levels = { all: { share: 0.75, patience: 2000 }, address: { share: 0.25, patience: 15_000 } }

/** The share above which an address alone stops reading for all: it gets no time, because everyone would wait for it. */
const mostOfOne = 0.5

/** The key, beside those of addresses, for all of them together. */
const everyone = ''

export type Backlog = {
  /** So many bytes for this client alone were queued. */
  added(holder: Holder, bytes: number): void
  /** Whether the backlog is so large that nothing more is read for this address (an `addressKey`). */
  isTight(address: string): boolean
  /** Bytes of all backlogs; of less than 64 KiB none are counted. */
  total(): number
}

/** Bytes by address, and of all together. */
type Sums = { at: number; bytes: Map<string, number> }

/**
 * The backlog of this process: replies, events and answers for single clients that they have not read. Over `limit` bytes the
 * connections that hold the most are cut; over a share of it nothing is read for the address, or for all, that hold it (rule L8).
 */
export function createBacklog(deps: {
  limit: number
  monotonic: () => number
  cut: (holder: Holder) => void
}): Backlog {
  const { limit, monotonic, cut } = deps
  /** Those that held more than 64 KiB at the last check. */
  const heavy = new Set<Holder>()
  let sums: Sums = { at: Number.NEGATIVE_INFINITY, bytes: new Map() }
  /** Since when addresses, or everyone, hold more than their share. */
  const over = new Map<string, number>()

  const levelOf = (whose: string) => (whose === everyone ? levels.all : levels.address)
  const held = (whose: string) => sums.bytes.get(whose) ?? 0
  const isOver = (whose: string) => held(whose) > limit * levelOf(whose).share

  function count(address: string, bytes: number): void {
    sums.bytes.set(address, held(address) + bytes)
    sums.bytes.set(everyone, held(everyone) + bytes)
  }

  function sum(): void {
    sums = { at: monotonic(), bytes: new Map() }
    for (const holder of heavy) {
      const own = holder.sink.own()
      if (own > waitingLimit) count(addressOf(holder), own)
      else heavy.delete(holder)
    }
    for (const whose of over.keys()) if (!isOver(whose)) over.delete(whose)
    for (const whose of sums.bytes.keys()) if (isOver(whose) && !over.has(whose)) over.set(whose, sums.at)
  }

  function look(): void {
    if (monotonic() - sums.at >= freshness) sum()
  }

  /** Closing connections with a backlog are cut first, then the largest ones of the address that holds the most. */
  function cutLargest(whose: string, most: number): void {
    sum()
    const candidates = [...heavy].filter((each) => whose === everyone || addressOf(each) === whose)
    for (const each of candidates) if (each.closed && held(whose) > most) giveUp(each)
    // By address, the largest at the end.
    const left = candidates
      .filter((each) => heavy.has(each))
      .toSorted((one, other) => one.sink.own() - other.sink.own())
    const queues = Map.groupBy(left, addressOf)
    while (held(whose) > most && queues.size > 0) {
      const address = largestOf([...queues.keys()])
      const largest = queues.get(address)?.pop()
      if (largest) giveUp(largest)
      else queues.delete(address)
    }
  }

  const largestOf = (addresses: readonly string[]): string =>
    addresses.reduce((one, other) => (held(other) > held(one) ? other : one))

  function giveUp(holder: Holder): void {
    heavy.delete(holder)
    count(addressOf(holder), -holder.sink.own())
    if (!holder.closed) cut(holder)
    holder.sink.drop()
  }

  /** Cuts the address that holds most of what stops reading for all, down to the half of its own share. */
  function cutTheOne(): void {
    const one = [...sums.bytes.keys()].find((whose) => whose !== everyone && held(whose) > limit * mostOfOne)
    if (one !== undefined) cutLargest(one, (limit * levels.address.share) / 2)
  }

  /** Whether this key is over its share; if it has been for too long, its largest connections are cut and it is not any more. */
  function isHeldUp(whose: string): boolean {
    if (!isOver(whose)) return false
    if (whose === everyone) cutTheOne()
    if (!isOver(whose)) return false
    const { share, patience } = levelOf(whose)
    if (monotonic() - (over.get(whose) ?? sums.at) < patience) return true
    cutLargest(whose, (limit * share) / 2)
    return false
  }

  return {
    added(holder, bytes) {
      if (!heavy.has(holder)) {
        if (holder.sink.own() <= waitingLimit) return
        heavy.add(holder)
      }
      count(addressOf(holder), bytes)
      if (held(everyone) > limit) cutLargest(everyone, limit)
    },
    isTight(address) {
      if (heavy.size === 0) return false
      look()
      return isHeldUp(everyone) || isHeldUp(address)
    },
    total() {
      if (heavy.size === 0) return 0
      look()
      return held(everyone)
    },
  }
}

const addressOf = ({ owner }: Holder): string => addressKey(owner.address)
