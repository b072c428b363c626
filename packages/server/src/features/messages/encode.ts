import type { EncodeContext, StoredEvent } from '../../core/contract.ts'

/**
 * The text of a message as it is sent to everyone. The stored body is JSON text and is inserted unparsed, since this runs
 * for every delivered message.
 */
export const encodeMessage = ({ seq, at, body }: StoredEvent, { room, actor }: EncodeContext): string =>
  `{"room_id":${JSON.stringify(room.id)},"seq":${seq},"sender":${actor},` +
  `"created_at":"${new Date(at).toISOString()}","edited_at":null,${body.slice(1)}`
