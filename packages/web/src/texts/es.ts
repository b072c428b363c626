import type { Catalogue } from './catalogue.ts'
import { account } from './es/account.ts'
import { errors } from './es/errors.ts'
import { room } from './es/room.ts'
import { shell } from './es/shell.ts'

export const es: Catalogue = { ...shell, ...errors, ...account, ...room }
