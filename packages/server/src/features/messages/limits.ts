import type { LimitRow } from '../../core/contract.ts'
import { defineRates } from '../../core/rate.ts'

export const messageRates = defineRates({
  message: { burst: 40, perSecond: 10, by: 'caller', help: 'sending messages', fansOut: true },
  inline_base64: {
    ...{ burst: 3 * 512 * 1024, perSecond: 256 * 1024, by: 'target', unit: 'bytes' },
    help: 'base64 in the live events of a room, beyond which they carry only the address of the file',
  },
})

/** Rule IN5. */
export const messageLimits = {
  inlineOfAddress: { value: 4, perAddress: true, help: 'images and recordings in messages that are looked at at once' },
  inlineAtOnce: { value: 16, help: 'the same in one process, of all addresses' },
} as const satisfies Readonly<Record<string, LimitRow>>
