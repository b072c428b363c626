import { defineRates } from '../../core/rate.ts'

export const opsRates = defineRates({
  ping: { burst: 20, perSecond: 5, by: 'caller', help: 'pings' },
})
