import { z } from 'zod'

/** The issue of a value over its limit: it answers `too_large` instead of `validation_error`. */
export const tooLarge = (limit: number, of = 'characters') => ({
  code: 'custom' as const,
  message: `This is longer than ${limit} ${of}`,
  params: { code: 'too_large', limit },
})

/**
 * Bytes, as the attachment of a packet on a socket (neither REST bodies nor event streams have any); more than `limit` answer
 * `too_large`. Applications get and give a `Uint8Array`.
 */
export const attachedBytes = (limit: number) =>
  z
    .instanceof(Uint8Array)
    .superRefine(({ length }, check) => {
      if (length > limit) check.addIssue(tooLarge(limit, 'bytes'))
    })
    // How OpenAPI 3.0 and AsyncAPI say that a value is bytes.
    .meta({ type: 'string', format: 'binary' })

/** A text of at most `limit` UTF-16 units; a longer one answers `too_large` instead of `validation_error`. */
export const boundedText = (limit: number) =>
  z
    .string()
    .superRefine((text, check) => {
      if (text.length > limit) check.addIssue(tooLarge(limit))
    })
    .meta({ maxLength: limit })

/**
 * A text without control characters (PostgreSQL cannot store NUL) and without U+FFFD, which replaces characters that were
 * lost: two different ids could become one. The pattern works in other languages' validators too.
 */
// oxlint-disable-next-line no-control-regex -- the pattern looks for control characters
const withoutControls = /^[^\u0000-\u001f\u007f-\u009f\ufffd]*$/u

/** The same of any length, for what may be empty. */
export const withPlainCharacters = (text: z.ZodString): z.ZodString =>
  text.regex(withoutControls, 'This holds characters that are not allowed')

/**
 * A text of 1 to `max` UTF-16 units that every database stores unchanged. For names (`trim` them) and for ids that come
 * from outside.
 */
export const plainText = (max: number, { trim = false } = {}) =>
  withPlainCharacters(
    (trim ? z.string().trim() : z.string())
      .min(1, 'This must not be empty')
      .max(max, `This must not be longer than ${max} characters`),
  )
