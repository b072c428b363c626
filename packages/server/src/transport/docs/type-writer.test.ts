import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { createTypeWriter, type Direction } from './type-writer.ts'

const typeOf = (schema: z.ZodType, direction: Direction = 'event') => createTypeWriter().typeOf(schema, direction, 0)

describe('TypeScript types written from schemas', () => {
  const cases: [string, z.ZodType, string][] = [
    ['a literal with a quote', z.literal("it's"), "'it\\'s'"],
    ['an enum', z.enum(['a', 'b']), "'a' | 'b'"],
    ['what may be null', z.int().nullable(), 'number | null'],
    ['a union whose branches are the same type', z.union([z.int(), z.number()]), 'number'],
    ['a list of a union', z.array(z.union([z.string(), z.boolean()])), 'readonly (string | boolean)[]'],
    ['a list of lists', z.array(z.array(z.string())), 'readonly (readonly string[])[]'],
    ['what may be left out', z.object({ a: z.string().optional() }), '{ a?: string }'],
    ['anything', z.object({ a: z.unknown() }), '{ a: unknown }'],
    ['a map', z.record(z.string(), z.int()), 'Readonly<Record<string, number>>'],
    ['an open object', z.looseObject({}), 'Readonly<Record<string, unknown>>'],
    ['an open object with fields', z.looseObject({ a: z.int() }), '{ a: number; [name: string]: unknown }'],
    ['an object without fields', z.object({}), 'Record<string, never>'],
    ['what is transformed, as it is sent', z.string().transform(Number), 'string'],
    ['what has a default', z.object({ a: z.enum(['x']).default('x') }), "{ a?: 'x' }"],
  ]
  for (const [what, schema, text] of cases) it(what, () => assert.equal(typeOf(schema), text))

  it('an optional field of an input may be undefined', () => {
    assert.equal(typeOf(z.object({ a: z.int().nullish() }), 'input'), '{ a?: number | null | undefined }')
  })

  it('an output is mutable, its lists and maps too', () => {
    assert.equal(typeOf(z.array(z.record(z.string(), z.int())), 'output'), 'Record<string, number>[]')
  })

  it('a description becomes a comment and cannot end it early', () => {
    const field = z.object({ a: z.int().describe('Ends */ nothing') })
    assert.equal(typeOf(field), '{\n  /** Ends *\\/ nothing */\n  a: number\n}')
    const long = typeOf(z.object({ a: z.int().describe('word '.repeat(40).trim()) }))
    assert.match(long, /^\{\n {2}\/\*\*\n(?: {3}\* (?:word ?)+\n){2,} {3}\*\/\n {2}a: number\n\}$/)
  })
})

describe('a schema with a title', () => {
  const person = z.object({ name: z.string() }).meta({ title: 'Person', description: 'Someone.' })

  it('is declared once and used by name, in inputs and outputs', () => {
    const types = createTypeWriter()
    const texts = (['input', 'output', 'event'] as const).map((way) => types.typeOf(z.array(person), way, 0))
    assert.deepEqual(texts, ['readonly Person[]', 'Person[]', 'readonly Person[]'])
    assert.equal(types.declarations(), '/** Someone. */\nexport type Person = { name: string }\n')
  })

  it('is used for a copy with another description, not for one with other fields', () => {
    const types = createTypeWriter()
    const fields = z.object({
      a: person.describe('The first.'),
      b: person.nullable(),
      c: person.extend({ age: z.int() }),
    })
    const text = '{\n  /** The first. */\n  a: Person\n  b: Person | null\n  c: { name: string; age: number }\n}'
    types.typeOf(person, 'event', 0)
    assert.equal(types.typeOf(fields, 'event', 0), text)
  })

  it('cannot share it with another shape', () => {
    const types = createTypeWriter()
    types.typeOf(person, 'event', 0)
    const other = z.object({ age: z.int() }).meta({ title: 'Person' })
    assert.throws(() => types.typeOf(other, 'event', 0), /Two schemas of the contracts have the title Person/)
  })
})
