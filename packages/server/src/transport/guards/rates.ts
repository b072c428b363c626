import { defineRates } from '../../core/rate.ts'

/** Budgets that requests draw on before the caller is known. */
export const doorRates = defineRates({
  request: { burst: 5_000, perSecond: 500, by: 'address', help: 'HTTP requests of any kind, before all other budgets' },
  poll: { burst: 4_000, perSecond: 1_000, by: 'address', help: 'requests of open polling sessions' },
  handshake: { burst: 400, perSecond: 40, by: 'address', help: 'socket handshakes and streams opened' },
})
