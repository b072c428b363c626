import { defineRates } from '../../core/rate.ts'

export const identityRates = defineRates({
  sign_in: { burst: 30, perSecond: 0.5, by: 'address', help: 'signing in or up with a password' },
  guest: { burst: 400, perSecond: 4, by: 'address', help: 'signing in as a guest' },
  unknown_key: { burst: 100, perSecond: 1, by: 'address', help: 'calls with an API key that does not exist' },
  password: { burst: 10, perSecond: 1 / 30, by: 'target', help: 'attempts of one caller at one password' },
  password_account: { burst: 30, perSecond: 0.1, by: 'target', help: 'attempts at the password of one account' },
  password_device: {
    burst: 10,
    perSecond: 1 / 30,
    by: 'target',
    help: 'attempts at an account from a device or address that has signed in to it before',
  },
})
