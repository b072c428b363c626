import { z } from 'zod'
import type { EventType, StoredEvent } from '../../../core/contract.ts'
import type { Op } from '../../../room/types.ts'
import { defineFeature } from '../../feature.ts'
import { messageSent } from '../contract.ts'

const body = z.object({
  message_seq: z.int(),
  author: z.int(),
  created_at: z.string(),
  edited_at: z.string(),
  message: z.looseObject({}),
})
const parse = (event: StoredEvent) => body.parse(JSON.parse(event.body))

/** An edit of a message, as a future editing feature will append it: it carries the whole content. */
export const edited: EventType = {
  name: 'edits.edited',
  v: 1,
  summary: 'A message was edited.',
  body,
  payload: z.looseObject({}),
  wire: () => 'message_edited',
  wires: ['message_edited'],
  audience: 'room',
  retention_ms: null,
  history: false,
  people: (event) => [parse(event).author],
  encode: (event, { room, person }) => {
    const { message_seq, author, message, ...times } = parse(event)
    const whole = { room_id: room.id, seq: message_seq, sender: JSON.parse(person(author)), ...times, ...message }
    return JSON.stringify({ room_id: room.id, seq: event.seq, message_id: message['id'], message_seq, message: whole })
  },
  item: {
    wire: messageSent.wire,
    encode: (event, { room, person }, position) => {
      const { message_seq: _message_seq, author, message, ...times } = parse(event)
      const sender: unknown = JSON.parse(person(author))
      return JSON.stringify({ room_id: room.id, seq: position, sender, ...times, ...message })
    },
  },
}

export const editsFeature = defineFeature({ name: 'edits', events: [edited], create: () => ({ api: null }) })

/** Replaces the content of the message `first`, which the event `seq` now carries, by `content`. */
export function edit(first: StoredEvent, seq: number, content: string, now: number): Op {
  const message = { ...JSON.parse(first.body), content }
  const [created_at, edited_at] = [new Date(first.at).toISOString(), new Date(now).toISOString()]
  const whole = { message_seq: first.seq, author: first.actor, created_at, edited_at, message }
  return { op: 'redact', seq, position: first.seq, as: edited, edits: true, body: () => whole }
}
