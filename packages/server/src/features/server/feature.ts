import packageFacts from '../../../package.json' with { type: 'json' }
import { implement } from '../../core/action.ts'
import { defineFeature } from '../feature.ts'
import { serverActions } from './contract.ts'
import { createPolicy } from './server.ts'
import { serverSettings } from './settings.ts'
import { serverMigrations } from './tables.ts'

export const serverFeature = defineFeature({
  name: 'server',
  actions: serverActions,
  settings: serverSettings,
  migrations: serverMigrations,
  async create({ db, clock, config, protocol, bounds, unreadable }) {
    const { registration, allowGuests: guests } = config.of(serverSettings)
    const policy = await createPolicy(db, { registration, guests }, clock, unreadable)
    /** Whether there is an administrator: identity knows. */
    let hasAdministrator = () => false
    const limits = Object.fromEntries(Object.entries(bounds).map(([name, { value }]) => [name, value]))
    const { version } = packageFacts
    return {
      api: { policy, administered: (has: () => boolean) => void (hasAdministrator = has) },
      actions: implement(serverActions, {
        'server.show': {
          allow: () => true,
          run() {
            const { name, registration, guests, lobby } = policy.now()
            return {
              ...{ name, version, protocol, setup_needed: !hasAdministrator(), registration, guests, lobby },
              sign_in: guests ? ['password' as const, 'guest' as const] : ['password' as const],
              push_key: null,
              limits,
            }
          },
        },
      }),
    }
  },
})
