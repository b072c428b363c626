import type { RouteContract, RouteSuccess, Takes } from '../../core/route.ts'
import type { Failure } from '../../core/error.ts'
import { errorResponses, headersTooLarge, refusedKeys } from './openapi-errors.ts'
import { inputOf, needsToken } from './openapi-input.ts'
import { fieldsOf, type JsonObject, type Schemas } from './schema.ts'

/** A route that is no action: its body and its answer are bytes of MIME types. */
export function routeOperation(contract: RouteContract, schemas: Schemas): JsonObject {
  const { parameters } = inputOf(contract, schemas.of(contract.input), false)
  const body = bodyOf(contract.takes, schemas)
  return {
    summary: contract.summary,
    'x-scope': contract.scope,
    security: [...(needsToken(contract) ? [] : [{}]), { bearer: [] }, ...(contract.link ? [{ signed_link: [] }] : [])],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: {
      ...successes(contract.answers, contract.summary, schemas),
      ...errorResponses([...new Set([...contract.errors, ...possibleOnRoutes(contract)])]),
      ...(parameters.length > 0 ? headersTooLarge : {}),
    },
  }
}

const octets = { schema: { type: 'string', format: 'binary' } }

/** `*` is any type. */
const contentOf = (types: readonly string[]): JsonObject =>
  Object.fromEntries(types.map((type) => [type === '*' ? '*/*' : type, octets]))

function bodyOf(takes: Takes, schemas: Schemas): JsonObject | null {
  if (takes.as === 'nothing') return null
  if (takes.as === 'form') {
    const { fields, required } = fieldsOf(schemas.of(takes.fields))
    const properties = { [takes.file]: octets.schema, ...fields }
    const schema = { type: 'object', properties, required: [takes.file, ...required] }
    return {
      description: `At most ${takes.most} bytes.`,
      required: true,
      content: { 'multipart/form-data': { schema } },
    }
  }
  return { description: `At most ${takes.most} bytes.`, required: true, content: contentOf(takes.types) }
}

const requestId = { 'X-Request-Id': { schema: { type: 'string' } } }

function successes(answers: RouteSuccess, description: string, schemas: Schemas): JsonObject {
  if (answers.status === 204) return { 204: { description, headers: requestId } }
  if ('json' in answers) {
    const content = { 'application/json': { schema: schemas.of(answers.json) } }
    return { [answers.status]: { description, headers: requestId, content } }
  }
  const content = contentOf(answers.types)
  const whole = { 200: { description, headers: requestId, content } }
  if (!answers.ranges) return whole
  const parts = { ...content, 'multipart/byteranges': octets }
  return {
    ...whole,
    206: { description: 'The parts that `Range` names.', headers: { ...requestId, ...contentRange }, content: parts },
    304: { description: 'The copy that `If-None-Match` or `If-Modified-Since` names is current.' },
  }
}

const contentRange = { 'Content-Range': { schema: { type: 'string' } } }

/** Codes that any route of this kind may answer. */
export function possibleOnRoutes({ caller, scope, takes, answers }: RouteContract): Failure[] {
  return [
    ...(takes.as === 'nothing' ? [] : (['too_large', 'unsupported_type', 'malformed'] as const)),
    ...(takes.as === 'stream' || takes.as === 'form' ? (['too_slow'] as const) : []),
    ...('ranges' in answers ? (['precondition_failed', 'range_not_satisfiable'] as const) : []),
    ...(needsToken({ caller }) ? (['not_authenticated'] as const) : []),
    ...refusedKeys(scope, caller),
    ...(['token_invalid', 'token_expired', 'rate_limited', 'missing_fields', 'validation_error', 'internal'] as const),
    ...(['storage_unavailable', 'shutting_down'] as const),
  ]
}
