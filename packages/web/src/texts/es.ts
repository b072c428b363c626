import type { Catalogue, FirstKey } from './catalogue.ts'
import { errors } from './es/errors.ts'
import { room } from './es/room.ts'
import { shell } from './es/shell.ts'

export const es: Catalogue<FirstKey> = { ...shell, ...errors, ...room }
