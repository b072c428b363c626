import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Feature } from '../../features/feature.ts'
import { contractOf } from '../declared.ts'

/** A part that belongs to a Feature object. */
export type FeaturePart = { kind: string; name: string }
export type ExportedPart = FeaturePart & { file: string }

/** By which fields each kind is known, and which of them is its name; others stand under their names in a table. */
const kinds: readonly { kind: string; fields: readonly string[]; name?: string }[] = [
  { kind: 'type of events', fields: ['name', 'retention_ms', 'payload', 'encode'], name: 'name' },
  { kind: 'type of records', fields: ['name', 'v', 'value', 'audience'], name: 'name' },
  { kind: 'ephemeral event', fields: ['name', 'to', 'payload', 'summary'], name: 'name' },
  { kind: 'presence slot', fields: ['name', 'size', 'perSecond', 'audience'], name: 'name' },
  { kind: 'setting', fields: ['env', 'kind', 'help'], name: 'env' },
  { kind: 'room option', fields: ['name', 'onIn', 'forWhom'], name: 'name' },
  { kind: 'migration', fields: ['id', 'sqlite', 'postgres'], name: 'id' },
  { kind: 'error', fields: ['code', 'status', 'retry'], name: 'code' },
  { kind: 'permission', fields: ['name', 'text', 'who'], name: 'name' },
  { kind: 'budget', fields: ['name', 'burst', 'perSecond'], name: 'name' },
  { kind: 'metric', fields: ['name', 'kind', 'labels'], name: 'name' },
  { kind: 'type of jobs', fields: ['name', 'payload', 'attempts', 'timeout_ms'], name: 'name' },
  { kind: 'action', fields: ['input', 'output', 'caller', 'limit'] },
  { kind: 'route', fields: ['method', 'path', 'takes', 'answers'] },
  { kind: 'limit', fields: ['value', 'help'] },
  { kind: 'bound', fields: ['value', 'text'] },
]

/**
 * What of a Feature object is no part with a name of its own; what is missing of these, the server does not start without, or
 * (`ownFields`) no item of a user's rooms has.
 */
const otherFields: readonly string[] = ['name', 'needs', 'make', 'contract', 'loaders', 'forEngine', 'ownFields']

/** Every part that any file of a feature's folder exports, alone, in a list or under a name. */
export async function exportedParts(feature: string): Promise<ExportedPart[]> {
  const folder = fileURLToPath(new URL(`../../features/${feature}/`, import.meta.url))
  const files = globSync('**/*.ts', { cwd: folder }).filter((file) => !/(^|[\\/])testing[\\/]|\.test\.ts$/.test(file))
  const found: ExportedPart[] = []
  for (const each of files) {
    const file = `features/${feature}/${each}`
    const module: object = await import(new URL(each, `file://${folder}`).href)
    for (const [name, value] of Object.entries(module)) {
      const parts = isObject(value) ? [[name, value] as const, ...Object.entries(value)] : []
      found.push(...parts.flatMap(([under, part]) => partOf(under, part)).map((part) => ({ ...part, file })))
    }
    // A projector is a function, which nothing but its type tells from others.
    const text = readFileSync(join(folder, each), 'utf8')
    const projectors = text.matchAll(/^export const (\w+): Projector\b/gm)
    for (const [, name = ''] of projectors) found.push({ file, kind: 'projector', name })
  }
  return found
}

/** Every part that a Feature object of the list hands over; the kind of one that nothing here recognizes is `unknown`. */
export function handedOver(feature: Feature<unknown>, list: readonly Feature<unknown>[]): FeaturePart[] {
  const { actions, routes, events, records, ephemerals } = contractOf(feature, list)
  const fields: Readonly<Record<string, unknown>> = { ...feature, actions, routes, events, records, ephemerals }
  return Object.entries(fields).flatMap(([field, table]) =>
    Object.entries(isObject(table) && !otherFields.includes(field) ? table : {}).flatMap(([under, part]) => {
      if (typeof part === 'function') return [{ kind: 'projector', name: part.name }]
      const found = partOf(under, part)
      return found.length > 0 ? found : [{ kind: 'unknown', name: `${field}.${under}` }]
    }),
  )
}

function partOf(under: string, value: unknown): FeaturePart[] {
  if (!isObject(value)) return []
  const known = kinds.find(({ fields }) => fields.every((field) => field in value))
  if (!known) return []
  return [{ kind: known.kind, name: known.name === undefined ? under : String(value[known.name]) }]
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
