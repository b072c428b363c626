/** A queue of one owner, and the address that it shares with others. */
export type OwnedQueue = { readonly key: unknown; readonly address: string }

/** Queues that take turns: first addresses, and within an address its queues. */
export class FairQueues<L extends OwnedQueue> {
  /** In the order in which their turn comes. */
  readonly #addresses = new Map<string, Map<unknown, L>>()

  get isEmpty(): boolean {
    return this.#addresses.size === 0
  }

  get(address: string, key: unknown): L | undefined {
    return this.#addresses.get(address)?.get(key)
  }

  add(line: L): L {
    const lines = this.#addresses.get(line.address) ?? new Map<unknown, L>()
    lines.set(line.key, line)
    this.#addresses.set(line.address, lines)
    return line
  }

  delete({ address, key }: L): void {
    const lines = this.#addresses.get(address)
    lines?.delete(key)
    if (lines?.size === 0) this.#addresses.delete(address)
  }

  all(): L[] {
    return [...this.#addresses.values()].flatMap((lines) => [...lines.values()])
  }

  /** The ready queue whose turn it is; it and its address move behind the others. */
  next(isReady: (line: L) => boolean): L | null {
    for (const [address, lines] of this.#addresses) {
      for (const line of lines.values()) {
        if (!isReady(line)) continue
        lines.delete(line.key)
        lines.set(line.key, line)
        this.#addresses.delete(address)
        this.#addresses.set(address, lines)
        return line
      }
    }
    return null
  }
}
