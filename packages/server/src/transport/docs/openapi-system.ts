import { fieldsOf, type JsonObject, type Schemas } from './schema.ts'
import { errorResponses, headersTooLarge } from './openapi-errors.ts'
import { eventsQuery } from '../sse/request.ts'
import { roomErrors } from '../../room/errors.ts'

/** Paths without an action. */
export function systemPaths(schemas: Schemas): Record<string, JsonObject> {
  return {
    '/api/events': { get: eventStream(schemas) },
    '/api/health': {
      get: {
        ...status('health', 'How the server is, for people and monitors', 'The server is healthy'),
        responses: {
          200: json('Healthy', healthSchema),
          503: json('Something that is needed is down', healthSchema),
        },
      },
    },
    '/api/live': { get: status('live', 'Whether the process runs', 'It runs') },
    '/api/ready': {
      get: {
        ...status('ready', 'Whether requests should be sent here', 'They should'),
        responses: {
          200: json('Ready', statusSchema),
          503: json('Starting, draining, or without the database', statusSchema),
        },
      },
    },
    '/metrics': {
      get: {
        operationId: 'system.metrics',
        tags: ['system'],
        summary: 'Metrics for Prometheus, from loopback or with METRICS_TOKEN',
        security: [{}, { bearer: [] }],
        responses: {
          200: { description: 'Metrics', content: { 'text/plain': { schema: { type: 'string' } } } },
          ...errorResponses(['forbidden']),
        },
      },
    },
  }
}

function eventStream(schemas: Schemas): JsonObject {
  const { fields } = fieldsOf(schemas.of(eventsQuery(200)))
  return {
    operationId: 'system.events',
    tags: ['system'],
    summary: 'Server-Sent Events of the lobby and, with a token, of the rooms of its user',
    description:
      'Without `Last-Event-ID` the stream starts at now; with it, it resumes without loss. What is lost is told by `event: reset`.',
    'x-scope': 'messages:read',
    security: [{}, { bearer: [] }],
    parameters: [
      ...Object.entries(fields).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
      { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } },
    ],
    responses: {
      200: { description: 'The stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      ...errorResponses([
        'validation_error',
        'not_authenticated',
        'token_invalid',
        'token_expired',
        'session_ended',
        'forbidden',
        'scope_missing',
        roomErrors.not_a_member,
        roomErrors.banned,
        roomErrors.sent_out,
        'not_found',
        roomErrors.too_many_rooms,
        roomErrors.room_closed,
        'rate_limited',
        'internal',
        'room_busy',
        'storage_unavailable',
        'shutting_down',
        'too_many_connections',
        'timeout',
      ]),
      ...headersTooLarge,
    },
  }
}

const statusSchema = { type: 'object', required: ['status'], properties: { status: { type: 'string' } } }
const healthSchema = {
  type: 'object',
  required: ['status', 'timestamp', 'service', 'checks'],
  properties: {
    status: { enum: ['healthy', 'unhealthy'] },
    timestamp: { type: 'string', format: 'date-time' },
    service: { type: 'string' },
    checks: { type: 'object', additionalProperties: { enum: ['up', 'down'] } },
    warnings: { type: 'array', items: { type: 'string' }, description: 'What an operator should look at.' },
  },
}

const json = (description: string, schema: JsonObject) => ({
  description,
  content: { 'application/json': { schema } },
})

function status(name: string, summary: string, description: string): JsonObject {
  return {
    operationId: `system.${name}`,
    tags: ['system'],
    summary,
    security: [{}],
    responses: { 200: json(description, statusSchema) },
  }
}
