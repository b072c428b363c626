import { z } from 'zod'
import type { EventType } from '../core/contract.ts'

const user = z.object({
  id: z.string(),
  name: z.string(),
  avatar_url: z.string().nullable(),
  guest: z.boolean(),
})
const payload = z.object({ room_id: z.string(), seq: z.int(), user, role: z.string() })

/** The engine's own events: `admit` and `expel` append them. The actor is the member concerned. */
export const memberJoined: EventType = {
  name: 'room.memberJoined',
  v: 1,
  summary: 'Someone became a member of the room.',
  body: z.object({ role: z.string() }),
  payload,
  wire: () => 'member_joined',
  wires: ['member_joined'],
  audience: 'room',
  retention_ms: null,
  history: false,
  encode: encodeMember,
}

export const memberLeft: EventType = {
  name: 'room.memberLeft',
  v: 1,
  summary: 'Someone is no longer a member of the room; `by` is the user who removed them, null when they left.',
  body: z.object({ role: z.string(), by: z.string().nullable() }),
  payload: payload.extend({ by: z.string().nullable() }),
  wire: () => 'member_left',
  wires: ['member_left'],
  audience: 'room',
  retention_ms: null,
  history: false,
  encode: encodeMember,
}

/** Splices JSON texts: the stored body's properties follow the ones that are joined. */
function encodeMember(event: Parameters<EventType['encode']>[0], room: { id: string }, person: string): string {
  return `{"room_id":${JSON.stringify(room.id)},"seq":${event.seq},"user":${person},${event.body.slice(1)}`
}

export const roomEvents: readonly EventType[] = [memberJoined, memberLeft]
