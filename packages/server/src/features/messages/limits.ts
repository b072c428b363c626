import { defineRates } from '../../core/rate.ts'

export const messageRates = defineRates({
  message: { burst: 40, perSecond: 10, by: 'caller', help: 'sending messages', fansOut: true },
})
