import { AppError } from '../../core/error.ts'

/** Shorter texts (in UTF-16 units) are cheap to parse, whatever they contain. */
const cheap = 64 * 1024

/**
 * Throws `too_large` for a JSON text with more values than `limit`, before it is parsed: millions of tiny values fit
 * into one body and would block the process for seconds. A string counts as one value, however long it is.
 */
export function assertFewValues(text: string, limit: number): void {
  if (text.length <= cheap) return
  let count = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === 0x22) at = endOfString(text, at)
    // A comma precedes each value of a list or object except the first, which follows the bracket.
    else if ((unit === 0x2c || unit === 0x5b || unit === 0x7b) && ++count > limit) {
      throw new AppError('too_large', { text: 'The JSON contains more values than allowed', details: { limit } })
    }
  }
}

/** Where the string that begins at `from` ends. It may hold megabytes of base64, so its characters are not looked at one by one. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0
    while (text.charCodeAt(at - 1 - escapes) === 0x5c) escapes += 1
    if (escapes % 2 === 0) return at
  }
  return text.length
}
