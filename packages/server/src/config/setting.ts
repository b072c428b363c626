import type { Kind } from './kinds.ts'

/**
 * One setting. `fallback` null: absent is a state of its own, said in `absent`. `aliases` are other programs' names for
 * it, read when ours is not there; `reads` turns an alias's text into ours where they differ (undefined: says nothing).
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

/** The settings of one part. Types, `--help`, docs/config.md and .env.example are made of the tables of all parts. */
export type SettingTable = Readonly<Record<string, Setting>>

/** What was set or is the default. */
export type ValuesOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Setting<infer T> & { fallback: infer F }
    ? F extends null
      ? T | null
      : T
    : never
}
