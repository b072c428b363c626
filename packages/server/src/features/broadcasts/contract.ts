import { z } from 'zod'
import { defineActions, type EphemeralType } from '../../core/contract.ts'
import { defineRates } from '../../core/rate.ts'
import { personSchema, senderName } from '../identity/contract.ts'
import { messageContent, received } from '../messages/contract.ts'
import { uploadErrors } from '../uploads/contract.ts'

export const broadcastRates = defineRates({
  broadcast: { burst: 20, perSecond: 1, by: 'caller', help: 'broadcasts to everyone', fansOut: true },
})

const broadcast = z
  .object({
    id: z.string(),
    type: messageContent.shape.type.unwrap(),
    content: z.string().nullable(),
    format: z.string().nullable(),
    url: z.string().nullable(),
    sender: personSchema,
    created_at: z.iso.datetime(),
  })
  .meta({ title: 'Broadcast', description: 'A message of the server to everyone who is connected.' })

export const broadcastActions = defineActions({
  'broadcasts.send': {
    summary: 'Sends a message of the server to everyone who is connected.',
    input: messageContent
      .extend({ sender: senderName.nullish() })
      .transform((broadcast, check) => received(broadcast, broadcast.content, 'content', check)),
    output: broadcast,
    http: [{ method: 'POST', path: '/api/messages/broadcast', status: 201 }],
    caller: 'anyone',
    scope: 'broadcast',
    roomless: true,
    limit: broadcastRates.broadcast,
    creates: 'event',
    errors: ['not_authenticated', 'forbidden', 'too_large', 'unsupported_type', uploadErrors.quota_exceeded],
  },
})

export const broadcastEvent: EphemeralType = {
  name: 'broadcast',
  to: 'all',
  summary: 'A message of the server to everyone who is connected.',
  payload: broadcast,
}
