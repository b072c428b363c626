import { defineRates } from '../../core/rate.ts'

export const pollRates = defineRates({
  new_poll: { burst: 10, perSecond: 0.1, by: 'caller', help: 'creating polls', fansOut: true },
  poll_vote: { burst: 30, perSecond: 2, by: 'caller', help: 'voting', fansOut: true },
})
