import { flag, oneOf } from '../../config/kinds.ts'
import { optional } from '../../config/setting.ts'
import { registrations } from './contract.ts'

/** Who may come. What is not set here was chosen at the setup. */
export const serverSettings = {
  registration: optional({
    env: 'REGISTRATION',
    kind: oneOf(...registrations),
    absent: 'as chosen at the setup, before that open',
    help: 'Who may make an account: anyone (open), people with the invite link of a room (invite), or nobody (closed).',
  }),
  allowGuests: optional({
    env: 'ALLOW_GUESTS',
    kind: flag,
    absent: 'as chosen at the setup, before that true',
    help: 'Whether guests (users without an account) may sign in.',
  }),
} as const
