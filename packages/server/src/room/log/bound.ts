/** What a read may answer at most: rows, and bytes of their content. */
export type Bound = { readonly rows: number; readonly bytes: number }

/**
 * As many of these, from the first on, as the bound holds; the first always, however large it is. `isWhole` is false when
 * some are left out. Whoever reads asks for one row more than `rows`, so that it is seen whether there is more.
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
  return { items: items.slice(0, count), bytes: total, isWhole: count === items.length }
}
