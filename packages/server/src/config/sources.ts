import { ConfigError } from './config-error.ts'
import { readDotenv } from './dotenv.ts'
import { readJsonFile } from './json-file.ts'
import { nearName } from './near-name.ts'
import type { Setting, SettingTable, ValuesOf } from './setting.ts'

/** The contents of the sources, weakest first; null where there is none. */
export type Sources = {
  dotenv: string | null
  env: Readonly<Record<string, string | undefined>>
  /** The file that CONFIG_FILE names. */
  json: { name: string; text: string } | null
}

type Found = { name: string; value: string; where: string }

/** Reads one table of settings at a time; throws for a table that was not handed in. */
export type SettingReader = { of<Table extends SettingTable>(table: Table): ValuesOf<Table> }

/**
 * Reads settings from `.env` < environment < CONFIG_FILE, own names before aliases. `tables`: all known settings.
 * Throws ConfigError for an invalid value, and Error when two tables define the same name.
 */
export function createSettingReader(
  sources: Sources,
  tables: readonly SettingTable[],
  warn: (text: string) => void,
): SettingReader {
  const known = namesOf(tables)
  const layers = layersOf(sources, known, warn)
  const find = (name: string): Found | undefined => {
    for (const { where, values } of layers) {
      const found = values.get(name)
      if (found !== undefined) return { name, value: found.value, where: whereOf(where, found.line) }
    }
    return undefined
  }
  warnOfIgnored(layers, warn)
  warnOfTypos(layers, known, warn)
  const read = new Map(tables.map((table) => [table, readTable(table, find, warn)]))
  return {
    of<Table extends SettingTable>(table: Table): ValuesOf<Table> {
      const values = read.get(table)
      if (!values) throw new Error(`No feature hands over the settings ${Object.keys(table).join(', ')}.`)
      // Sound because each row's kind parses to the type in ValuesOf.
      return values as ValuesOf<Table>
    },
  }
}

function readTable(
  table: SettingTable,
  find: (name: string) => Found | undefined,
  warn: (text: string) => void,
): object {
  return Object.fromEntries(Object.entries(table).map(([name, row]) => [name, readOne(row, find, warn)]))
}

/** The names of all settings and their aliases. */
function namesOf(tables: readonly SettingTable[]): readonly string[] {
  const rows = tables.flatMap((table) => Object.values(table))
  const names = ['CONFIG_FILE', ...rows.flatMap((row) => [row.env, ...(row.aliases ?? []).map(({ env }) => env)])]
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new Error(`Two settings read ${twice}: give one of them another name.`)
  return names
}

/** `line` null: from the environment. */
type Entry = { name: string; value: string; line: number | null }
type Layer = { where: string; values: ReadonlyMap<string, Entry> }

const whereOf = (where: string, line: number | null) => `in ${where}${line === null ? '' : `, line ${line}`}`

/** Strongest first. An empty value counts as not set, like `NAME=` in a .env file. */
function layersOf({ dotenv, env, json }: Sources, known: readonly string[], warn: (text: string) => void): Layer[] {
  const layer = (where: string, entries: readonly Entry[]): Layer => {
    const values = new Map<string, Entry>()
    for (const entry of entries) {
      const { name, line } = entry
      const earlier = values.get(name)
      if (earlier && known.includes(name))
        warn(`${name} is set twice in ${where}, in lines ${earlier.line} and ${line}: the later one is used.`)
      values.set(name, { ...entry, value: entry.value.trim() })
    }
    return { where, values: new Map([...values].filter(([, { value }]) => value !== '')) }
  }
  const inDotenv = dotenv === null ? [] : readDotenv(dotenv)
  for (const { name, line, hasLooseHash } of inDotenv)
    if (hasLooseHash && known.includes(name))
      warn(
        `${name} in .env, line ${line}, contains a # that is part of its value: put the value in quotes, or a space before a comment.`,
      )
  return [
    layer(json?.name ?? 'CONFIG_FILE', json === null ? [] : jsonEntries(json, known)),
    layer(
      'the environment',
      Object.entries(env).map(([name, value = '']) => ({ name, value, line: null })),
    ),
    layer('.env', inDotenv),
  ]
}

function jsonEntries({ text, name: file }: { name: string; text: string }, known: readonly string[]): Entry[] {
  return readJsonFile(text, file).flatMap(({ name, value, line }) => {
    const plain = plainText(value)
    if (plain !== undefined) return [{ name, value: plain, line }]
    if (known.includes(name))
      throw new ConfigError(`${name} in ${file}, line ${line}, must be text, a number, true, false or a list of texts.`)
    return []
  })
}

function plainText(value: unknown): string | undefined {
  if (value === null) return ''
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string') ? value.join(',') : undefined
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

function readOne(setting: Setting, find: (name: string) => Found | undefined, warn: (text: string) => void): unknown {
  const own = find(setting.env)
  const others = (setting.aliases ?? []).flatMap(({ env, reads = (value) => value }) => {
    const found = find(env)
    const value = found && reads(found.value)
    return found && value !== undefined ? [{ ...found, value }] : []
  })
  const [taken, ...passedOver] = own ? [own, ...others] : others
  if (!taken) return setting.fallback
  for (const other of passedOver)
    if (other.value !== taken.value) warn(`${other.name} differs from ${taken.name}; ${taken.name} is used.`)
  const parsed = setting.kind.parse(taken.value)
  if (parsed !== undefined) return parsed
  const shown = setting.isSecret ? '' : `, not ${JSON.stringify(taken.value)}`
  throw new ConfigError(`${taken.name} must be ${setting.kind.words}${shown} (${taken.where}).`)
}

/** In the environment only names with our prefix are checked: the others may belong to any program. */
function warnOfTypos(layers: readonly Layer[], known: readonly string[], warn: (text: string) => void): void {
  for (const { where, values } of layers)
    for (const { name, line } of values.values()) {
      if (known.includes(name) || (line === null && !name.startsWith('PARLOR_'))) continue
      const near = nearName(name, line === null ? ['PARLOR_ENV'] : known)
      if (near)
        warn(
          `${name} ${whereOf(where, line)}${line === null ? '' : ','} is not a setting and is ignored: is ${near} meant?`,
        )
    }
}

/** Settings of services that Parlor does not use: operators who migrate should learn that they have no effect. */
function warnOfIgnored(layers: readonly Layer[], warn: (text: string) => void): void {
  const names = new Set(layers.flatMap(({ values }) => [...values.keys()]))
  const ignored = [...names].filter((name) => /^(CELERY|MONGODB)_/.test(name)).toSorted()
  if (ignored.length > 0) warn(`${ignored.join(', ')}: ignored, Parlor has neither Celery nor MongoDB.`)
}
