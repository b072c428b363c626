import type { EncodeContext, StoredEvent } from '../../core/contract.ts'

/**
 * A message as everyone is sent it. The stored body is JSON text and goes in as it is: this runs once for every message
 * that is delivered.
 */
export const encodeMessage = ({ seq, at, body }: StoredEvent, { room, actor }: EncodeContext): string =>
  `{"room_id":${JSON.stringify(room.id)},"seq":${seq},"sender":${actor},` +
  `"created_at":"${new Date(at).toISOString()}","edited_at":null,${body.slice(1)}`
