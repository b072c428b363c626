import type { Action } from '../../core/action.ts'
import type { HttpRoute, RecordType } from '../../core/contract.ts'
import type { Route } from '../../core/route.ts'
import type { DefinedError, Failure } from '../../core/error.ts'
import { withRecords } from './records.ts'
import { type Converted, createSchemas, type JsonObject, type Schemas } from './schema.ts'
import { inputOf, needsToken } from './openapi-input.ts'
import { errorResponses, errorSchema, headersTooLarge, refusedKeys } from './openapi-errors.ts'
import { routeOperation } from './openapi-routes.ts'
import { systemPaths } from './openapi-system.ts'

/** What a document needs of a raw route. */
export type RouteContractOf = Pick<Route, 'name' | 'contract'>

/** What a document needs of an action. */
export type ActionContractOf = Pick<Action, 'name' | 'contract'>

/** The parts of the wire in this document. */
export type RestContracts = {
  actions: readonly ActionContractOf[]
  routes: readonly RouteContractOf[]
  records: readonly RecordType[]
  errors: readonly DefinedError[]
}

/** `server`: the server's public address; null when unknown. */
export type DocumentInfo = { title: string; version: string; server: string | null }

/** Describes the REST paths of the actions as OpenAPI 3.1. Pure: the same contracts give the same document. */
export function openApiDocument(
  info: DocumentInfo,
  { actions, routes, records, errors }: RestContracts,
  converted?: Converted,
): JsonObject {
  const schemas = createSchemas('draft-2020-12', '#/components/schemas/', converted)
  const paths: Record<string, JsonObject> = {}
  for (const action of actions) {
    for (const [index, door] of (action.contract.http ?? []).entries()) {
      const path = inBraces(door.path)
      const operationId = index === 0 ? action.name : `${action.name}.${index + 1}`
      paths[path] = {
        ...paths[path],
        [door.method.toLowerCase()]: { operationId, ...operation(action, door, schemas) },
      }
    }
  }
  for (const { name, contract } of routes) {
    const path = inBraces(contract.path)
    paths[path] = {
      ...paths[path],
      [contract.method.toLowerCase()]: { operationId: name, tags: [tagOf(name)], ...routeOperation(contract, schemas) },
    }
  }
  const document = {
    openapi: '3.1.0',
    info: { title: info.title, version: info.version, description },
    servers: [{ url: info.server ?? '/' }],
    tags: [...new Set([...actions, ...routes].map(({ name }) => tagOf(name)))].map((name) => ({ name })),
    paths: { ...paths, ...systemPaths(schemas) },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: bearerText },
        ...(routes.some(({ contract }) => contract.link) ? { signed_link: signedLink } : {}),
      },
      schemas: { Error: errorSchema(errors), ...schemas.shared },
    },
  }
  return withRecords(document, records, schemas)
}

const description = `Path parameters win over the query, the query over the body. Unknown fields are ignored, an empty body
is \`{}\`, a trailing slash does not matter, and HEAD works where GET does. Socket.IO events are described in
[the other document](/docs/events).`

const bearerText = `The access token of a login, or an API key (\`prl_…\`). A key needs the scope that an operation names as \`x-scope\`;
with \`any\` every key may call it, with \`none\` no key may.`

/** How a route is opened without a login (core rule LK1). */
const signedLink = {
  type: 'apiKey',
  in: 'query',
  name: 'signature',
  description: 'The address as an event or an answer gave it, with `room`, `until` and `signature` in its query.',
}

const inBraces = (path: string): string => path.replace(/:(\w+)/g, '{$1}')

const tagOf = (name: string): string => name.split('.', 1)[0] ?? name

function operation({ name, contract }: ActionContractOf, door: HttpRoute, schemas: Schemas): JsonObject {
  const isGet = door.method === 'GET'
  // Documents describe DELETE without a body.
  const hasBody = !isGet && door.method !== 'DELETE'
  const input = schemas.of(door.accepts ?? contract.input)
  const { parameters, body } = inputOf(door, input, hasBody)
  const isKeyed = contract.appends || (contract.creates === 'resource' && door.method === 'POST')
  const idempotency = isKeyed ? [contract.appends ? keyOfMessage : keyOfCreation] : []
  const codes = [...new Set([...contract.errors, ...alwaysPossible(contract, isGet)])]
  return {
    tags: [tagOf(name)],
    summary: contract.summary,
    'x-scope': contract.scope,
    ...descriptionOf(contract.creates),
    security: needsToken(contract) ? [{ bearer: [] }] : [{}, { bearer: [] }],
    ...(parameters.length + idempotency.length > 0 ? { parameters: [...parameters, ...idempotency] } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: {
      [door.status ?? 200]: {
        description: contract.summary,
        headers: {
          'X-Request-Id': { schema: { type: 'string' } },
          ...(isKeyed ? { 'Idempotent-Replayed': replayed } : {}),
        },
        content: { 'application/json': { schema: schemas.of(contract.output) } },
      },
      ...errorResponses(codes),
      ...(parameters.length > 0 ? headersTooLarge : {}),
    },
  }
}

const keyOf = (description: string) => ({
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description,
  schema: { type: 'string', minLength: 1, maxLength: 128 },
})
const keyOfMessage = keyOf(
  'Stands in for an absent client_id: the same again answers the message of the first call, other content `client_id_reused`.',
)
const keyOfCreation = keyOf(
  'For 30 days the same again answers what the first call made, as it is now; another action or other content `client_id_reused`.',
)
function descriptionOf(creates: Action['contract']['creates']): { description?: string } {
  if (creates === 'secret') return { description: `The answer carries a secret that is told once: ${keyIgnored}` }
  if (creates === 'event') return { description: `What is sent is not stored: ${keyIgnored}` }
  return {}
}
const keyIgnored = 'Idempotency-Key is not looked at, and each call makes another.'
const replayed = {
  description: 'The answer repeats that of an earlier call.',
  schema: { type: 'string', const: 'true' },
}

/** Codes that any action may answer; a GET has no body to refuse. */
export function alwaysPossible({ caller, scope, appends, creates }: Action['contract'], isGet: boolean): Failure[] {
  return [
    ...(isGet ? [] : (['too_large', 'unsupported_type', 'malformed'] as const)),
    ...(needsToken({ caller }) ? (['not_authenticated'] as const) : []),
    ...refusedKeys(scope, caller),
    'token_invalid',
    'token_expired',
    'rate_limited',
    'missing_fields',
    'validation_error',
    ...(appends || creates === 'resource' ? (['client_id_reused'] as const) : []),
    'internal',
    'room_busy',
    'storage_unavailable',
    'shutting_down',
  ]
}
