import { AppError } from '../../core/error.ts'

/** UTF-16 units up to which a text is cheap to parse, whatever stands in it. */
const cheap = 64 * 1024

/**
 * Throws `too_large` for a JSON text of more values than `limit`, before it is parsed: millions of tiny ones, which fit
 * into one body, would hold up the process for seconds. What stands in strings is no value, so a long text or an image
 * counts as one.
 */
export function assertFewValues(text: string, limit: number): void {
  if (text.length <= cheap) return
  let count = 0
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (isInString) {
      if (unit === 0x5c) at += 1
      else if (unit === 0x22) isInString = false
    } else if (unit === 0x22) isInString = true
    // A value that is not the first of its list or object follows a comma; the first follows the bracket.
    else if ((unit === 0x2c || unit === 0x5b || unit === 0x7b) && ++count > limit) {
      throw new AppError('too_large', { text: 'This holds more values than allowed', details: { limit } })
    }
  }
}
