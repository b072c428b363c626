import { flag } from '../../config/kinds.ts'
import { setting } from '../../config/setting.ts'

/** Settings for guests. */
export const identitySettings = {
  allowGuests: setting({
    env: 'ALLOW_GUESTS',
    kind: flag,
    fallback: true,
    help: 'Whether guests (users without an account) may sign in.',
  }),
} as const
