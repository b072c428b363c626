/**
 * What readers see as single characters: an emoji with all its parts, a letter with its marks (UAX #29). Engines without a
 * segmenter get code points, which at least leave no half of a surrogate pair.
 */
export function* graphemes(text: string): Generator<string> {
  if (typeof Intl.Segmenter === 'function') {
    for (const { segment } of new Intl.Segmenter().segment(text)) yield segment
  } else yield* text
}

/** The beginning of a text, at most so many UTF-16 units, that ends with a whole character. */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text
  let end = 0
  for (const one of graphemes(text)) {
    if (end + one.length > most) break
    end += one.length
  }
  // One letter with hundreds of marks is cut among them.
  return text.slice(0, end > 0 ? end : isHigh(text.charCodeAt(most - 1)) ? most - 1 : most)
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
