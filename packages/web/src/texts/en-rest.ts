import { account } from './en/account.ts'
import { panels } from './en/panels.ts'
import { setup } from './en/setup.ts'

/** The texts of what is loaded on demand. */
export const enRest = { ...account, ...panels, ...setup } as const
