import { errors } from './en/errors.ts'
import { room } from './en/room.ts'
import { shell } from './en/shell.ts'

/**
 * The texts that are there from the start. {names} are filled in; a plural has a form for one and for any other {count}.
 */
export const en = { ...shell, ...errors, ...room } as const
