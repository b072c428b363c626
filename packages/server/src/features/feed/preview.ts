const most = { graphemes: 140, units: 1_000 }
const isPlain = /^[\x20-\x7e]*$/
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * The beginning of a text, at most 140 graphemes and 1,000 UTF-16 units, ending between graphemes (rule UF2). U+FFFD stands
 * for NUL, which PostgreSQL cannot store in a text.
 */
export const preview = (text: string): string => beginningOf(text).replaceAll('\0', '\ufffd')

function beginningOf(text: string): string {
  if (text.length <= most.graphemes) return text
  // In plain text each character is a grapheme. Every message comes here, and a segmenter takes 50 times as long.
  const first = text.slice(0, most.graphemes + 1)
  if (isPlain.test(first)) return first.slice(0, -1)
  let end = 0
  let count = 0
  for (const { index, segment } of graphemes.segment(text.slice(0, most.units + 1))) {
    const after = index + segment.length
    // The last grapheme of the slice may go on behind it.
    if (count === most.graphemes || after > most.units) break
    end = after
    count += 1
  }
  return text.slice(0, end)
}
