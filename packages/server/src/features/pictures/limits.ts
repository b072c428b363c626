import { defineRates } from '../../core/rate.ts'

export const pictureRates = defineRates({
  picture_change: { burst: 10, perSecond: 0.1, by: 'caller', help: 'sending pictures of oneself and of rooms' },
  picture: { burst: 1_200, perSecond: 200, by: 'caller', help: 'reading pictures of people and rooms' },
})
