import { z } from 'zod'
import type { EphemeralType, EncodeContext, EventType, StoredEvent } from '../core/contract.ts'
import { pictureAddress } from '../core/picture-url.ts'
import { readStored, storedObject } from '../core/stored.ts'
import { languagesSchema } from './languages.ts'

const user = z
  .object({ id: z.string(), name: z.string(), avatar_url: pictureAddress, guest: z.boolean() })
  .meta({ title: 'Person', description: 'What others see of a person.' })
const payload = z.object({ room_id: z.string(), seq: z.int(), user, role: z.string() })

const by = z.string().nullable()
const reason = z.enum(['left', 'removed', 'banned', 'waiting'])
export const memberLeftBody = z.object({ role: z.string(), by, reason })
/** The fields in the bodies of `memberJoined` and `memberChanged` that say what the member is now. */
export const memberRoleBody = z.object({ role: z.string() })

/** The engine's own events, appended by `admit`, `expel`, `role` and `close`. Of the first three the actor is the member concerned. */
export const memberJoined: EventType = {
  name: 'room.memberJoined',
  v: 1,
  summary: 'Someone became a member of the room.',
  body: memberRoleBody,
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
  summary:
    'Someone is no longer a member of the room; `by` is the user who removed them, null when they left. `waiting`: they must wait to be let in again.',
  body: memberLeftBody,
  payload: payload.extend({ by, reason }),
  wire: () => 'member_left',
  wires: ['member_left'],
  audience: 'room',
  retention_ms: null,
  history: false,
  encode: encodeMember,
}

export const memberChanged: EventType = {
  name: 'room.memberChanged',
  v: 1,
  summary:
    'A member has another role; `by` is the user who changed it, null when nobody did. Who is `sent_out` receives nothing after it.',
  body: memberRoleBody.extend({ by }),
  payload: payload.extend({ by }),
  wire: () => 'member_changed',
  wires: ['member_changed'],
  audience: 'room',
  retention_ms: null,
  history: false,
  encode: encodeMember,
}

const languagesBody = z.object({ user_id: z.string(), languages: languagesSchema })
/** What `memberLanguages` says of the member's view. */
export const memberReadsBody = z.object({ languages: z.object({ reads: z.array(z.string()) }) })

/** Days that the log keeps what languages a member named: the membership holds them. */
const languagesKept = 30

export const memberLanguages: EventType = {
  name: 'room.memberLanguages',
  v: 1,
  summary:
    'The member who gets this has named other languages, from any of their connections. Nobody else hears of it.',
  body: languagesBody,
  payload: z.object({ room_id: z.string(), seq: z.int(), languages: languagesSchema }),
  wire: () => 'member_languages',
  wires: ['member_languages'],
  audience: ({ v, body }) => {
    const reading = readStored({ v: 1, schema: z.object({ user_id: z.string() }) }, v, body)
    if (!reading.ok) throw new Error(reading.why)
    return `user:${reading.value.user_id}`
  },
  retention_ms: languagesKept * 24 * 3600_000,
  history: false,
  encode({ seq, body }, { room }) {
    return JSON.stringify({ room_id: room.id, seq, languages: storedObject(body)?.['languages'] })
  },
}

export const roomClosed: EventType = {
  name: 'room.closed',
  v: 1,
  summary: 'The room is closed; nothing of it follows.',
  body: z.object({ reason: z.string() }),
  payload: z.object({ room_id: z.string(), seq: z.int(), reason: z.string() }),
  wire: () => 'room_closed',
  wires: ['room_closed'],
  audience: 'room',
  retention_ms: null,
  history: false,
  encode: (event, { room }) => `{"room_id":${JSON.stringify(room.id)},"seq":${event.seq},${event.body.slice(1)}`,
}

/** Splices JSON texts: the stored body's properties follow the ones that are joined. */
function encodeMember(event: StoredEvent, { room, actor }: EncodeContext): string {
  return `{"room_id":${JSON.stringify(room.id)},"seq":${event.seq},"user":${actor},${event.body.slice(1)}`
}

export const roomEvents: readonly EventType[] = [memberJoined, memberLeft, memberChanged, memberLanguages, roomClosed]

/** Sent in place of an event that this release cannot read. */
export const unreadableEvent: EphemeralType = {
  name: 'unreadable',
  to: 'room',
  summary: 'Something of the room stands here that this server cannot read: a broken row, or one of another release.',
  payload: z.object({ room_id: z.string(), seq: z.int() }),
}
