/** The most that a read may answer: rows, and bytes of their content. */
export type Bound = { readonly rows: number; readonly bytes: number }

/**
 * As many of these, from the first on, as fit the bound; always the first, however large it is. `isWhole` is false if
 * some are left out, or may be: a read that stopped at one item over the bytes has not seen whether more follow. Callers
 * read one row more than `rows`, to see whether there are more.
 */
export function fitting<Item>(
  items: readonly Item[],
  { rows, bytes }: Bound,
  sizeOf: (item: Item) => number,
): { items: readonly Item[]; bytes: number; isWhole: boolean } {
  let total = 0
  let count = 0
  for (const item of items) {
    const size = sizeOf(item)
    if (count === rows || (count > 0 && total + size > bytes)) break
    total += size
    count += 1
  }
  return { items: items.slice(0, count), bytes: total, isWhole: count === items.length && total <= bytes }
}
