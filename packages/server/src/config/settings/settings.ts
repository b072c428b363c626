import type { SettingTable, ValuesOf } from '../setting.ts'
import { databaseSettings } from './database.ts'
import { keySettings } from './keys.ts'
import { limitSettings } from './limits.ts'
import { observationSettings } from './observation.ts'
import { serverSettings } from './server.ts'

/** The server's own settings; a feature has its settings in a `settings.ts` of its folder. */
export const serverOnlySettings = {
  ...serverSettings,
  ...databaseSettings,
  ...limitSettings,
  ...observationSettings,
  ...keySettings,
} as const satisfies SettingTable

/** The configured values or the defaults, before anything is derived from them. */
export type Values = ValuesOf<typeof serverOnlySettings>
