import type { ActionContract, HttpRoute } from '../../core/contract.ts'
import { fieldsOf, type JsonObject } from './schema.ts'

/** Divides the input among path, query and body. */
export function inputOf(door: Pick<HttpRoute, 'path'>, input: JsonObject, hasBody: boolean) {
  const { fields, required } = fieldsOf(input)
  const inPath = [...door.path.matchAll(/:(\w+)/g)].flatMap(([, name]) => name ?? [])
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !inPath.includes(name)))
  const stillRequired = required.filter((name) => !inPath.includes(name))
  const parameters: JsonObject[] = inPath.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: fields[name] ?? { type: 'string' },
  }))
  if (!hasBody) {
    for (const [name, schema] of Object.entries(rest))
      parameters.push({ name, in: 'query', required: required.includes(name), schema })
    return { parameters, body: null }
  }
  const isListed = typeof input['properties'] === 'object'
  if (isListed && Object.keys(rest).length === 0) return { parameters, body: null }
  const own = stillRequired.length > 0 ? { properties: rest, required: stillRequired } : { properties: rest }
  const { properties: _, required: _required, ...others } = input
  const schema = isListed ? { ...others, ...own } : input
  const body = { required: stillRequired.length > 0, content: { 'application/json': { schema } } }
  return { parameters, body }
}

/** Whether a call without a token is refused. */
export const needsToken = ({ caller }: { caller: ActionContract['caller'] }): boolean =>
  caller === 'user' || caller === 'admin'
