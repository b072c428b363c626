import { integer } from '../../config/kinds.ts'
import { setting } from '../../config/setting.ts'

/** Settings of messages. */
export const messageSettings = {
  maxInlineBytes: setting({
    env: 'MAX_INLINE_BYTES',
    kind: integer(1, 6_000_000),
    fallback: 5 * 1024 * 1024,
    help: 'Maximum size of an image or recording that comes as base64 within a message, decoded, in bytes.',
  }),
} as const
