import type { Catalogue, RestKey } from './catalogue.ts'
import { account } from './es/account.ts'
import { panels } from './es/panels.ts'
import { setup } from './es/setup.ts'

export const esRest: Catalogue<RestKey> = { ...account, ...panels, ...setup }
