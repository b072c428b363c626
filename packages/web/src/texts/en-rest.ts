import { account } from './en/account.ts'
import { attach } from './en/attach.ts'
import { files } from './en/files.ts'
import { keys } from './en/keys.ts'
import { panels } from './en/panels.ts'
import { pictures } from './en/pictures.ts'
import { setup } from './en/setup.ts'

/** The texts of what is loaded on demand. */
export const enRest = { ...account, ...attach, ...files, ...keys, ...panels, ...pictures, ...setup } as const
