import { parseEnv } from 'node:util'
import { ConfigError } from './config-error.ts'
import { type Setting, settings, type Values } from './settings.ts'

/** The texts that settings come from, weakest first; null where there is none. */
export type Sources = {
  dotenv: string | null
  env: Readonly<Record<string, string | undefined>>
  /** The content of the file that CONFIG_FILE names. */
  json: string | null
}

type Found = { name: string; value: string; where: string }

/** Every setting's value from `.env` < environment < CONFIG_FILE, our names before aliases. */
export function readValues(sources: Sources, warn: (text: string) => void): Values {
  const layers = layersOf(sources)
  const find = (name: string): Found | undefined => {
    for (const { where, values } of layers) {
      const value = values.get(name)
      if (value !== undefined) return { name, value, where }
    }
    return undefined
  }
  warnOfIgnored(layers, warn)
  const read = Object.entries(settings).map(([name, setting]) => [name, readOne(setting, find, warn)])
  // Sound because every row's kind parses to the type that Values names for it.
  return Object.fromEntries(read) as Values
}

type Layer = { where: string; values: ReadonlyMap<string, string> }

/** Strongest first. An empty value is an absent one, as `NAME=` in a .env file means. */
function layersOf({ dotenv, env, json }: Sources): Layer[] {
  const layer = (where: string, entries: readonly (readonly [string, string | undefined])[]): Layer => {
    const trimmed = entries.map(([name, value]): [string, string] => [name, (value ?? '').trim()])
    return { where, values: new Map(trimmed.filter(([, value]) => value !== '')) }
  }
  return [
    layer('in CONFIG_FILE', json === null ? [] : jsonEntries(json)),
    layer('in the environment', Object.entries(env)),
    layer('in .env', dotenv === null ? [] : Object.entries(parseEnv(dotenv))),
  ]
}

function jsonEntries(text: string): [string, string][] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new ConfigError('The file that CONFIG_FILE names is not JSON: mend it or unset CONFIG_FILE.', { cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new ConfigError('The file that CONFIG_FILE names must hold one JSON object of settings by name.')
  return Object.entries(parsed).flatMap(([name, value]) => {
    const plain = plainText(value)
    if (plain !== undefined) return [[name, plain] satisfies [string, string]]
    if (isKnown(name))
      throw new ConfigError(`${name} in CONFIG_FILE must be text, a number, true, false or a list of texts.`)
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

function isKnown(name: string): boolean {
  return Object.values(settings).some(
    (row: Setting) => row.env === name || (row.aliases ?? []).some((alias) => alias.env === name),
  )
}

/** Settings of parts that Parlor does not have: someone who moves here should hear that they do nothing. */
function warnOfIgnored(layers: readonly Layer[], warn: (text: string) => void): void {
  const names = new Set(layers.flatMap(({ values }) => [...values.keys()]))
  const ignored = [...names].filter((name) => /^(CELERY|MONGODB)_/.test(name)).toSorted()
  if (ignored.length > 0) warn(`${ignored.join(', ')}: ignored, Parlor has neither Celery nor MongoDB.`)
}
