import assert from 'node:assert/strict'
import { featureSettings } from '../../compose/declared.ts'
import { type Config, type ConfigSources, readConfig } from '../../config.ts'
import { ConfigError } from '../config-error.ts'

export const strong = 'k3Jx9-Qm2Vt7_Zp4Lw8Rb1Nc6Hd5Sf0Gy'

export type Given = { env?: Record<string, string>; dotenv?: string; json?: unknown }

export function sources({ env = {}, dotenv, json }: Given): ConfigSources {
  return {
    env,
    dotenv: dotenv ?? null,
    json:
      json === undefined
        ? null
        : { name: 'parlor.json', text: typeof json === 'string' ? json : JSON.stringify(json, null, 2) },
    cwd: '/srv/parlor',
    developmentSecret: (dataDir) => `made-for-${dataDir}`,
  }
}
export const read = (given: Given) => readConfig(sources(given), featureSettings)
export const config = (given: Given): Config => read(given).config
export const production = (env: Record<string, string> = {}) => ({
  PARLOR_ENV: 'production',
  SECRET_KEY: strong,
  ...env,
})

export function refuses(given: Given, ...patterns: RegExp[]) {
  assert.throws(
    () => read(given),
    (error) => {
      assert.ok(error instanceof ConfigError, String(error))
      for (const pattern of patterns) assert.match(error.message, pattern)
      return true
    },
  )
}
