import { z } from 'zod'

export type JsonObject = { [name: string]: unknown }

export type Target = 'draft-2020-12' | 'draft-7'
/** Schemas that were converted before, for one target. */
export type Converted = ReadonlyMap<z.ZodType, JsonObject>

/** The input side, before any transformation; what JSON Schema cannot express is left open. */
const convert = (schema: z.ZodType, target: Target): JsonObject =>
  z.toJSONSchema(schema, { io: 'input', target, unrepresentable: 'any' })

/** Ms of a turn of the event loop. */
const pieceMs = 2

/** Converts schemas a few in each turn of the event loop: those of a whole document take 30 ms and more. */
export async function convertInPieces(schemas: Iterable<z.ZodType>, target: Target): Promise<Converted> {
  const converted = new Map<z.ZodType, JsonObject>()
  let began = performance.now()
  for (const schema of schemas) {
    if (performance.now() - began >= pieceMs) {
      await new Promise((resolve) => setImmediate(resolve))
      began = performance.now()
    }
    if (!converted.has(schema)) converted.set(schema, convert(schema, target))
  }
  return converted
}

/**
 * Converts schemas to JSON Schema for one document. Self-referencing schemas cannot be inlined in another document, so
 * they are moved into `shared`, under stable names; `at` is the location of `shared` in the document.
 */
export function createSchemas(target: Target, at: string, converted?: Converted) {
  const shared: Record<string, JsonObject> = {}
  const names = new Map<string, string>()

  function move(root: JsonObject, parts: JsonObject): JsonObject {
    const key = JSON.stringify(parts)
    const name = names.get(key) ?? `Recursive${names.size + 1}`
    names.set(key, name)
    const moved = (part: object): JsonObject =>
      JSON.parse(
        JSON.stringify(part)
          .replaceAll('"$ref":"#/$defs/', `"$ref":"${at}${name}.`)
          .replaceAll('"$ref":"#/definitions/', `"$ref":"${at}${name}.`)
          .replaceAll('"$ref":"#"', `"$ref":"${at}${name}"`),
      )
    for (const [part, schema] of Object.entries(parts)) {
      if (isObject(schema)) shared[part === '' ? name : `${name}.${part}`] = moved(schema)
    }
    return moved(root)
  }

  return {
    shared,
    of(schema: z.ZodType): JsonObject {
      const made = converted?.get(schema) ?? convert(schema, target)
      const { $schema: _, $defs, definitions, ...root } = made
      const parts = { ...objectOf($defs), ...objectOf(definitions) }
      if (JSON.stringify(root).includes('"$ref":"#"')) return move({ $ref: '#' }, { ...parts, '': root })
      return Object.keys(parts).length > 0 ? move(root, parts) : root
    },
  }
}
export type Schemas = ReturnType<typeof createSchemas>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** The top-level fields of an input, the required ones, and the schema itself when it lists no fields. */
export function fieldsOf(schema: JsonObject): { fields: JsonObject; required: readonly string[] } {
  const required = Array.isArray(schema['required'])
    ? schema['required'].filter((name) => typeof name === 'string')
    : []
  if (isObject(schema['properties'])) return { fields: schema['properties'], required }
  const branches = [schema['anyOf'], schema['oneOf'], schema['allOf']].flat().filter((branch) => isObject(branch))
  return { fields: Object.assign({}, ...branches.map((branch) => fieldsOf(branch).fields)), required }
}
