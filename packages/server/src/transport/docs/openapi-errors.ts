import { type ErrorCode, errors } from '../../core/error.ts'
import type { JsonObject } from './schema.ts'

/** One response a status, which names its codes. */
export function errorResponses(codes: readonly ErrorCode[]): JsonObject {
  const statuses = [...new Set(codes.map((code) => errors[code].status))].toSorted((one, other) => one - other)
  const response = (status: number) => {
    const own = codes.filter((code) => errors[code].status === status)
    return {
      description: own.map((code) => `\`${code}\`: ${errors[code].text}`).join('. '),
      ...(status === 429 || status === 503 ? { headers: { 'Retry-After': { schema: { type: 'integer' } } } } : {}),
      content: {
        'application/json': {
          schema: { allOf: [{ $ref: '#/components/schemas/Error' }, { properties: { code: { enum: own } } }] },
        },
      },
    }
  }
  return Object.fromEntries(statuses.map((status) => [status, response(status)]))
}

/** What never became a request (rule H12): an address that is too long is the one that a well-meant call may have. */
export const headersTooLarge: JsonObject = {
  431: {
    description: '`too_large`: The address and the headers together are too long',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  },
}

export const errorSchema = {
  type: 'object',
  required: ['error', 'code', 'retry', 'request_id'],
  properties: {
    error: { type: 'string', description: 'A sentence for a person.' },
    code: { type: 'string', enum: Object.keys(errors) },
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
  },
}
