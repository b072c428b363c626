import type { Kind } from './kinds.ts'

/**
 * One setting. `fallback` null: no default; `absent` describes what happens then. `aliases` are the names that other
 * programs use, read if the setting is not set; `reads` converts an alias's value where the formats differ (undefined:
 * ignore it).
 */
export type Setting<T = unknown> = {
  env: string
  kind: Kind<T>
  fallback: T | null
  absent?: string
  help: string
  aliases?: readonly { env: string; reads?: (value: string) => string | undefined }[]
  isSecret?: true
}

export const setting = <T>(row: Setting<T> & { fallback: T }): Setting<T> & { fallback: T } => row
export const optional = <T>(
  row: Omit<Setting<T>, 'fallback'> & { absent: string },
): Setting<T> & { fallback: null } => ({
  ...row,
  fallback: null,
})

/**
 * The settings of one part. Types, `--help`, docs/config.md and .env.example are derived from the tables of all parts.
 */
export type SettingTable = Readonly<Record<string, Setting>>

/** The configured values, or the defaults. */
export type ValuesOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Setting<infer T> & { fallback: infer F }
    ? F extends null
      ? T | null
      : T
    : never
}
