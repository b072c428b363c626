import type { OwnedQueue } from './fair-queues.ts'
import { LeastUsed } from './least-used.ts'

type Address<L extends OwnedQueue> = {
  readonly address: string
  readonly byKey: Map<unknown, L>
  readonly lines: LeastUsed<L>
}

/** Queues of which the one that has cost the least is next: first addresses, and within an address its queues (rule T2). */
export class FairShares<L extends OwnedQueue> {
  readonly #byAddress = new Map<string, Address<L>>()
  readonly #addresses = new LeastUsed<Address<L>>()

  get isEmpty(): boolean {
    return this.#addresses.isEmpty
  }

  get(address: string, key: unknown): L | undefined {
    return this.#byAddress.get(address)?.byKey.get(key)
  }

  add(line: L): L {
    const { byKey, lines } = this.#byAddress.get(line.address) ?? this.#addAddress(line.address)
    byKey.set(line.key, line)
    lines.add(line)
    return line
  }

  #addAddress(address: string): Address<L> {
    const added: Address<L> = { address, byKey: new Map(), lines: new LeastUsed() }
    this.#byAddress.set(address, added)
    this.#addresses.add(added)
    return added
  }

  charge(line: L, cost: number): void {
    const address = this.#byAddress.get(line.address)
    if (!address) return
    address.lines.charge(line, cost)
    this.#addresses.charge(address, cost)
  }

  all(): L[] {
    return [...this.#byAddress.values()].flatMap(({ lines }) => [...lines.items])
  }

  /**
   * Forgets a queue that is idle. While others wait it is kept until it has used no more than a newcomer: a queue that is
   * empty for a moment must not begin anew.
   */
  forget(line: L, isContended: boolean): void {
    const address = this.#byAddress.get(line.address)
    if (!address || (isContended && !address.lines.isEven(line))) return
    address.lines.delete(line)
    address.byKey.delete(line.key)
    this.#forgetAddress(address, isContended)
  }

  #forgetAddress(address: Address<L>, isContended: boolean): void {
    if (!address.lines.isEmpty || (isContended && !this.#addresses.isEven(address))) return
    this.#byAddress.delete(address.address)
    this.#addresses.delete(address)
  }

  /** Looks again at all that were kept. */
  sweep(isIdle: (line: L) => boolean, isContended: boolean): void {
    for (const line of this.all()) if (isIdle(line)) this.forget(line, isContended)
    for (const address of [...this.#byAddress.values()]) this.#forgetAddress(address, isContended)
  }

  /** The ready queue whose turn it is. */
  next(isReady: (line: L) => boolean): L | null {
    const ready = this.#addresses.next(({ lines }) => anyOf(lines.items, isReady))
    return ready?.lines.next(isReady) ?? null
  }
}

function anyOf<Item>(items: Iterable<Item>, test: (item: Item) => boolean): boolean {
  for (const item of items) if (test(item)) return true
  return false
}
