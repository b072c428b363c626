/** The known name that an unknown one is most likely a misspelling of; null if none is close. */
export function nearName(name: string, known: readonly string[]): string | null {
  const plain = name.toUpperCase().replaceAll(/[.-]/g, '_')
  const candidates = known
    .map((other) => ({ other, distance: Math.min(distance(plain, other), distance(plain, `PARLOR_${other}`)) }))
    .filter(({ other, distance: edits }) => edits <= (other.length < 8 ? 1 : 2))
    .toSorted((one, another) => one.distance - another.distance)
  return candidates[0]?.other ?? null
}

/**
 * The edit distance of two words: insertions, deletions, substitutions and swaps of neighbours (optimal string
 * alignment).
 */
function distance(one: string, other: string): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1]
      const isSwap = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      const [left = 0, up = 0, diagonal = 0] = [next[j - 1], row[j], row[j - 1]]
      const edits = Math.min(left + 1, up + 1, diagonal + (isSame ? 0 : 1))
      next.push(isSwap ? Math.min(edits, (before[j - 2] ?? edits) + 1) : edits)
    }
    before = row
    row = next
  }
  return row[other.length] ?? 0
}
