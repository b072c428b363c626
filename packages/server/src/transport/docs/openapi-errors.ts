import { type DefinedError, definedError, type Failure } from '../../core/error.ts'
import type { KeyAccess } from '../../core/scope.ts'
import type { JsonObject } from './schema.ts'

/** One response for each status, which lists its codes. */
export function errorResponses(failures: readonly Failure[]): JsonObject {
  const all = [...new Set(failures.map(definedError))]
  const statuses = [...new Set(all.map(({ status }) => status))].toSorted((one, other) => one - other)
  const response = (status: number) => {
    const own = all.filter((error) => error.status === status)
    return {
      description: own.map(({ code, text }) => `\`${code}\`: ${text}`).join('. '),
      ...(status === 429 || status === 503 ? { headers: { 'Retry-After': { schema: { type: 'integer' } } } } : {}),
      content: {
        'application/json': {
          schema: {
            allOf: [
              { $ref: '#/components/schemas/Error' },
              { properties: { code: { enum: own.map(({ code }) => code) } } },
            ],
          },
        },
      },
    }
  }
  return Object.fromEntries(statuses.map((status) => [status, response(status)]))
}

/** Codes for those who may not call it whatever they ask: others than administrators, and API keys. */
export function refusedKeys(scope: KeyAccess, caller: string): Failure[] {
  if (scope === 'any') return caller === 'admin' ? ['forbidden'] : []
  return scope === 'none' ? ['forbidden'] : ['forbidden', 'scope_missing']
}

/** The response for headers over Node's limit (rule H12); a valid call can get it if its URL is too long. */
export const headersTooLarge: JsonObject = {
  431: {
    description: '`too_large`: The address and the headers together are too long',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  },
}

export const errorSchema = (errors: readonly DefinedError[]) => ({
  type: 'object',
  required: ['error', 'code', 'retry', 'request_id'],
  properties: {
    error: { type: 'string', description: 'A sentence for a person.' },
    code: { type: 'string', enum: errors.map(({ code }) => code) },
    retry: {
      type: 'string',
      enum: ['never', 'later', 'resend'],
      description:
        'never: the same request fails again. later: it may pass in a while. resend: whether it happened is unknown; send it again with the same client_id.',
    },
    request_id: { type: 'string' },
    required: { type: 'array', items: { type: 'string' }, description: 'All fields that must be there.' },
    errors: { type: 'object', additionalProperties: { type: 'string' }, description: 'One sentence a field.' },
    retry_after: { type: 'integer', description: 'Seconds until the request may pass.' },
    limit: { type: 'integer', description: 'The largest size allowed.' },
    scope: { type: 'string', description: 'The scope that the API key lacks.' },
  },
})
