import type { z } from 'zod'
import { createSchemas, isObject, type JsonObject, type Schemas } from './schema.ts'

/**
 * The direction of a value. `input`: from the application to the server; `output`: the reply, which belongs to the
 * caller; `event`: one object for all listeners, so its lists are read-only.
 */
export type Direction = 'input' | 'output' | 'event'

/** The declaration of a schema with a title; other schemas refer to it by name. */
type NamedType = { text: string; doc: string }

export type TypeWriter = {
  /**
   * The TypeScript type that this schema accepts, before any transformation; `depth` is the indentation of its line.
   */
  typeOf(schema: z.ZodType, direction: Direction, depth: number): string
  /** The same for a self-contained JSON Schema. */
  typeOfJson(schema: JsonObject, direction: Direction, depth: number): string
  /** Converts the schemas to JSON Schema. */
  readonly schemas: Schemas
  /** The type declarations of all named schemas so far, sorted by name. */
  declarations(): string
  names(): readonly string[]
}

/** Maximum width of a type on one line. */
const lineLimit = 100

/**
 * Writes JSON Schemas as TypeScript. A schema with a `title` becomes a named type, so a contract names the types that
 * its readers should know: `.meta({ title: 'Message' })`. Named types have read-only lists in every direction.
 */
export function createTypeWriter(): TypeWriter {
  const schemas = createSchemas('draft-2020-12', '')
  const named = new Map<string, NamedType>()

  function write(schema: JsonObject, direction: Direction, depth: number): string {
    const { title } = schema
    return typeof title === 'string' ? nameOf(title, schema) : writeUnnamed(schema, direction, depth)
  }

  function nameOf(title: string, schema: JsonObject): string {
    const text = writeUnnamed(schema, 'event', 0)
    const known = named.get(title)
    if (known && known.text !== text)
      throw new Error(`Two schemas of the contracts have the title ${title} and differ: give one of them another title`)
    if (!known) named.set(title, { text, doc: docOf(schema) })
    return title
  }

  function writeUnnamed(schema: JsonObject, direction: Direction, depth: number): string {
    const { type, enum: values, anyOf: branches, oneOf = branches } = schema
    if ('const' in schema) return literal(schema['const'])
    if (schema['format'] === 'binary') return 'Uint8Array'
    if (Array.isArray(values)) return unionOf(values.map(literal))
    if (Array.isArray(oneOf)) return unionOf(oneOf.map((branch) => write(asSchema(branch), direction, depth)))
    if (Array.isArray(type)) return unionOf(type.map((one) => writeUnnamed({ ...schema, type: one }, direction, depth)))
    if (type === 'object' || isObject(schema['properties'])) return writeObject(schema, direction, depth)
    if (type === 'array') return writeArray(asSchema(schema['items']), direction, depth)
    if (type === 'integer' || type === 'number') return 'number'
    return type === 'string' || type === 'boolean' || type === 'null' ? type : 'unknown'
  }

  function writeArray(items: JsonObject, direction: Direction, depth: number): string {
    const item = write(items, direction, depth)
    const list = isUnion(items) || item.startsWith('readonly ') ? `(${item})[]` : `${item}[]`
    return direction === 'output' ? list : `readonly ${list}`
  }

  function writeObject(schema: JsonObject, direction: Direction, depth: number): string {
    const { properties, required, additionalProperties: others } = schema
    const fields = Object.entries(asSchema(properties)).map(([name, value]) => {
      const field = asSchema(value)
      const isOptional = !Array.isArray(required) || !required.includes(name)
      // An optional input may be `undefined`, also under `exactOptionalPropertyTypes`.
      const orUndefined = isOptional && direction === 'input' ? ' | undefined' : ''
      const text = `${name}${isOptional ? '?' : ''}: ${write(field, direction, depth + 1)}${orUndefined}`
      return { text, doc: fieldDoc(field) }
    })
    const isOpen = isObject(others) || others === true
    const rest = isOpen ? write(asSchema(others), direction, depth + 1) : 'never'
    if (fields.length === 0) {
      const record = `Record<string, ${rest}>`
      return isOpen && direction !== 'output' ? `Readonly<${record}>` : record
    }
    return block(isOpen ? [...fields, { text: '[name: string]: unknown', doc: '' }] : fields, depth)
  }

  /** The documentation of the field itself, not of the named type that it refers to. */
  function fieldDoc(field: JsonObject): string {
    const doc = docOf(field)
    const { title } = field
    return typeof title === 'string' && named.get(title)?.doc === doc ? '' : doc
  }

  return {
    typeOf: (schema, direction, depth) => write(schemas.of(schema), direction, depth),
    typeOfJson: write,
    schemas,
    declarations: () =>
      [...named]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, { text, doc }]) => `${docText(doc, 0)}export type ${name} = ${text}\n`)
        .join('\n'),
    names: () => [...named.keys()].toSorted(),
  }
}

/** The fields of an object type: on one line if they fit and have no documentation. */
function block(fields: readonly { text: string; doc: string }[], depth: number): string {
  const line = `{ ${fields.map(({ text }) => text).join('; ')} }`
  const isShort = line.length <= lineLimit && !line.includes('\n') && fields.every(({ doc }) => doc === '')
  if (isShort) return line
  const lines = fields.map(({ text, doc }) => `${docText(doc, depth + 1)}${indent(depth + 1)}${text}\n`)
  return `{\n${lines.join('')}${indent(depth)}}`
}

/** A documentation comment with its line break, wrapped if long; empty for no text. */
export function docText(text: string, depth: number): string {
  if (text === '') return ''
  const words = text.replaceAll('*/', '*\\/').split(' ')
  const lines = words.reduce<readonly string[]>((lines, word) => {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim()
    return lines.length > 0 && longer.length <= lineLimit ? [...lines.slice(0, -1), longer] : [...lines, word]
  }, [])
  if (lines.length === 1) return `${indent(depth)}/** ${lines.join('')} */\n`
  const body = lines.map((line) => `${indent(depth)} * ${line}\n`).join('')
  return `${indent(depth)}/**\n${body}${indent(depth)} */\n`
}

export const indent = (depth: number): string => '  '.repeat(depth)

/** A JSON value as TypeScript source. */
export const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : String(value)

const unionOf = (types: readonly string[]): string => [...new Set(types)].join(' | ')

/** Whether it is written as an inline union, not as a name. */
const isUnion = ({ title, type, enum: values, anyOf, oneOf }: JsonObject): boolean =>
  typeof title !== 'string' && [type, values, anyOf, oneOf].some((one) => Array.isArray(one))

const docOf = ({ description }: JsonObject): string => (typeof description === 'string' ? description : '')

/** The schema under `items` and the like, where `true` allows anything. */
const asSchema = (value: unknown): JsonObject => (isObject(value) ? value : {})
