import type { SettingTable, ValuesOf } from '../setting.ts'
import { databaseSettings } from './database.ts'
import { keySettings } from './keys.ts'
import { limitSettings } from './limits.ts'
import { observationSettings } from './observation.ts'
import { serverSettings } from './server.ts'

/** The server's own settings; those of a feature stand in a `settings.ts` of its folder. */
export const serverOnlySettings = {
  ...serverSettings,
  ...databaseSettings,
  ...limitSettings,
  ...observationSettings,
  ...keySettings,
} as const satisfies SettingTable

/** What was set or is the default, before anything is derived from it. */
export type Values = ValuesOf<typeof serverOnlySettings>
