import { z } from 'zod'
import { withPlainCharacters } from '../contract.ts'

/** Embeddings, overrides and isolates (UAX #9, 2): they reverse the text after a name. */
const turning = /[\u202a-\u202e\u2066-\u2069]/gu
const spaces = /[\p{Zs}\u2028\u2029]+/gu
/** Any visible character: no space, nothing ignorable, no mark without a base, no blank of Braille or of music. */
const seen = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}\p{Mn}\p{Me}\u2800\u{1d159}\ufffc]/u

/** Whether the text has a visible character. */
export const hasVisibleText = (text: string): boolean => seen.test(text)

/** A name as it is stored: NFC, one space between words, no bidirectional controls. */
export const cleanName = (text: string): string =>
  text.replace(turning, '').normalize('NFC').replace(spaces, ' ').trim()

/** The name of a person or room: cleaned, 1 to `max` UTF-16 units, with a visible character. */
export const nameText = (max: number): z.ZodString =>
  withPlainCharacters(
    z
      .string()
      // A text that is far too long is not cleaned: it is refused below.
      .overwrite((text) => (text.length > 16 * max ? text : cleanName(text)))
      .min(1, 'This must not be empty')
      .max(max, `This must not be longer than ${max} characters`),
  ).refine((text) => text === '' || hasVisibleText(text), 'Nothing of this can be seen')
