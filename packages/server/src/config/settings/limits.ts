import { factor } from '../kinds.ts'
import { setting } from '../setting.ts'

/** Rate limits. */
export const limitSettings = {
  rateLimitFactor: setting({
    env: 'RATE_LIMIT_FACTOR',
    kind: factor,
    fallback: 1,
    help: 'Multiplies rate limits and caps per address. 0 turns them off, for load tests.',
  }),
} as const
