import { defineRates, type DefinedRate, type LimitRate } from '../../core/rate.ts'
import { identityRates } from '../identity/contract.ts'
import type { AttemptRates } from './entry/attempts.ts'

/** Bounds on numbers; `perAddress`: RATE_LIMIT_FACTOR multiplies it, like the server's limits per address. */
export const ownershipLimits = {
  guestRooms: { value: 20, perAddress: true, help: 'rooms that one guest owns at a time' },
} as const

export const roomRates = defineRates({
  password_address: { burst: 30, perSecond: 0.5, by: 'address', help: 'attempts at passwords from one address' },
  guest_rooms: {
    burst: 100,
    perSecond: 1 / 600,
    by: 'address',
    help: 'rooms created by guests and by accounts younger than a day',
  },
  password_room: {
    burst: 40,
    perSecond: 1 / 30,
    by: 'target',
    help: 'wrong passwords at one room; beyond it guests need an invitation or an account',
  },
  password_room_account: {
    burst: 5,
    perSecond: 1 / 60,
    by: 'target',
    help: 'attempts of one account at a room that has exceeded its budget of wrong passwords',
  },
  waiting: {
    burst: 50,
    perSecond: 0.1,
    by: 'address',
    help: 'requests to join one room with a waiting room, from one address',
  },
  join: { burst: 200, perSecond: 20, by: 'caller', help: 'joining rooms', reads: true },
  people_search: { burst: 40, perSecond: 4, by: 'caller', help: 'searching for people', reads: true },
  languages: {
    burst: 20,
    perSecond: 0.2,
    by: 'caller',
    help: 'changing the languages that one speaks and reads in rooms',
  },
  signal: { burst: 300, perSecond: 100, by: 'caller', help: 'signals, typing and presence', fansOut: true },
})

/** The rates of attempts, scaled by this server's configuration. */
export const attemptRates = (scaled: (rate: DefinedRate) => LimitRate): AttemptRates => ({
  password: scaled(identityRates.password),
  password_address: scaled(roomRates.password_address),
  password_room: scaled(roomRates.password_room),
  password_room_account: scaled(roomRates.password_room_account),
  waiting: scaled(roomRates.waiting),
  guest_rooms: scaled(roomRates.guest_rooms),
})
