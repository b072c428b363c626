import { account } from './en/account.ts'
import { errors } from './en/errors.ts'
import { room } from './en/room.ts'
import { shell } from './en/shell.ts'

/** Every text of the app. {names} are filled in; a plural has a form for one and for any other {count}. */
export const en = { ...shell, ...errors, ...account, ...room } as const
