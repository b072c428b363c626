/**
 * What readers see as single characters: an emoji with all its parts, a letter with its marks (UAX #29). Browsers
 * without a segmenter get code points, so that at least no surrogate pair is cut.
 */
export function* graphemes(text: string): Generator<string> {
  if (typeof Intl.Segmenter === 'function') {
    for (const { segment } of new Intl.Segmenter().segment(text)) yield segment
  } else yield* text
}

/** The beginning of a text, at most `most` UTF-16 units long, that ends with a whole character. */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text
  let end = 0
  for (const one of graphemes(text)) {
    if (end + one.length > most) break
    end += one.length
  }
  // A letter with hundreds of marks is cut between them.
  return text.slice(0, end > 0 ? end : isHigh(text.charCodeAt(most - 1)) ? most - 1 : most)
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
