import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What a file of a feature exports that belongs into its Feature object. */
export type ExportedPart = { file: string; kind: string; name: string }

/** By which fields each kind is known, and which of them is its name; actions stand under their names. */
const kinds: readonly { kind: string; fields: readonly string[]; name?: string }[] = [
  { kind: 'type of events', fields: ['name', 'wires', 'payload', 'encode'], name: 'name' },
  { kind: 'type of records', fields: ['name', 'v', 'value', 'audience'], name: 'name' },
  { kind: 'ephemeral event', fields: ['name', 'to', 'payload', 'summary'], name: 'name' },
  { kind: 'setting', fields: ['env', 'kind', 'help'], name: 'env' },
  { kind: 'room option', fields: ['name', 'onIn', 'forWhom'], name: 'name' },
  { kind: 'migration', fields: ['id', 'sqlite', 'postgres'], name: 'id' },
  { kind: 'error', fields: ['code', 'status', 'retry'], name: 'code' },
  { kind: 'permission', fields: ['name', 'text', 'who'], name: 'name' },
  { kind: 'budget', fields: ['name', 'burst', 'perSecond'], name: 'name' },
  { kind: 'metric', fields: ['name', 'kind', 'labels'], name: 'name' },
  { kind: 'setting', fields: ['env', 'kind', 'help'], name: 'env' },
  { kind: 'action', fields: ['input', 'output', 'caller', 'limit'] },
]

/** Every part that any file of a feature's folder exports, alone, in a list or under a name. */
export async function exportedParts(feature: string): Promise<ExportedPart[]> {
  const folder = fileURLToPath(new URL(`../../features/${feature}/`, import.meta.url))
  const files = globSync('**/*.ts', { cwd: folder }).filter((file) => !/(^|[\\/])testing[\\/]|\.test\.ts$/.test(file))
  const found: ExportedPart[] = []
  for (const file of files) {
    const module: object = await import(new URL(file, `file://${folder}`).href)
    for (const [name, value] of Object.entries(module)) {
      const parts = isObject(value) ? [[name, value] as const, ...Object.entries(value)] : []
      found.push(...parts.flatMap(([under, part]) => partOf(`features/${feature}/${file}`, under, part)))
    }
  }
  return found
}

function partOf(file: string, under: string, value: unknown): ExportedPart[] {
  if (!isObject(value)) return []
  const known = kinds.find(({ fields }) => fields.every((field) => field in value))
  if (!known) return []
  return [{ file, kind: known.kind, name: known.name === undefined ? under : String(value[known.name]) }]
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
