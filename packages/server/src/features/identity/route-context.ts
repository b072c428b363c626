import type { CallContext } from '../../core/action.ts'
import type { RouteRequest } from '../../core/route.ts'

/** The context of a call of a raw route, as `Identity.stored` wants it. */
export function routeContext(headers: RouteRequest['headers']): CallContext {
  const agent = headers['user-agent']
  return {
    ...{ door: 'http', connection_id: null, ack: true, idempotency_key: null, trace_id: '', bytes: 0 },
    ...{ reader: null, calls: null, user_agent: typeof agent === 'string' ? agent : null },
  }
}
