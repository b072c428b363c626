import type { Catalogue, RestKey } from './catalogue.ts'
import { account } from './es/account.ts'
import { attach } from './es/attach.ts'
import { files } from './es/files.ts'
import { keys } from './es/keys.ts'
import { panels } from './es/panels.ts'
import { pictures } from './es/pictures.ts'
import { setup } from './es/setup.ts'

export const esRest: Catalogue<RestKey> = { ...account, ...attach, ...files, ...keys, ...panels, ...pictures, ...setup }
