import { z } from 'zod'

type Schema = Readonly<Record<string, unknown>>

/** A value that this schema takes: every field is there, and of several ways the first. */
export function sampleOf(schema: z.ZodType): Record<string, unknown> {
  const made = valueOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
  const value: unknown = schema.parse(made)
  if (!isSchema(value)) throw new Error('A sample that is no object')
  return value
}

function valueOf(schema: unknown): unknown {
  if (!isSchema(schema)) return {}
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  const [branch] = [schema['anyOf'], schema['oneOf'], schema['allOf']].flat().filter(isSchema)
  if (branch) return valueOf(branch)
  switch (schema['type']) {
    case 'object':
      return objectOf(schema)
    case 'array':
      return [valueOf(schema['items'])]
    case 'string':
      return textOf(schema)
    case 'integer':
    case 'number':
      return Math.max(1, Number(schema['minimum'] ?? 1))
    case 'boolean':
      return true
    default:
      return null
  }
}

function objectOf({ properties }: Schema): object {
  const fields = isSchema(properties) ? Object.entries(properties) : []
  return Object.fromEntries(fields.map(([name, field]) => [name, valueOf(field)]))
}

function textOf({ format, minLength }: Schema): string {
  if (format === 'date-time') return '2026-01-01T00:00:00.000Z'
  if (format === 'uri') return 'https://example.org/film'
  return 'sample'.padEnd(Number(minLength ?? 0), 'x')
}

const isSchema = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
