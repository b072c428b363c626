import { defineRates } from '../../core/rate.ts'

export const eventRates = defineRates({
  publish: { burst: 60, perSecond: 5, by: 'caller', help: 'events of own names on event streams', fansOut: true },
})
