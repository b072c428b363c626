import { account } from './en/account.ts'
import { panels } from './en/panels.ts'

/** The texts of what is loaded on demand. */
export const enRest = { ...account, ...panels } as const
