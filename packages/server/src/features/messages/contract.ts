import { z } from 'zod'
import { defineActions, type EphemeralType, type EventType } from '../../core/contract.ts'
import { linkSlot } from '../../core/link.ts'
import type { RoomOption } from '../../core/room-option.ts'
import { roomErrors } from '../../room/errors.ts'
import { identityErrors, personSchema } from '../identity/contract.ts'
import { roomId, roomPermissions, seqCursor, wholeNumber } from '../rooms/contract.ts'
import { carriedFile, shownFile, uploadErrors } from '../uploads/contract.ts'
import { messageBounds } from './bounds.ts'
import { chatMessage, kind, sendAudio, sendImage, sendText, toLobby, toRoom } from './contract/sending.ts'
import { encodeMessage } from './encode.ts'
import { messageErrors } from './errors.ts'
import { filesKinds } from './files.ts'
import { messageRates } from './limits.ts'
import { messagePermissions } from './permissions.ts'

export { messageContent, received } from './contract/sending.ts'
export { messageErrors } from './errors.ts'

const { banned, not_a_member, room_closed, sent_out } = roomErrors
const { chat_disabled } = messageErrors
const { guests_not_allowed, sender_taken } = identityErrors
const { file_not_ready, quota_exceeded } = uploadErrors

const message = z
  .object({
    id: z.string(),
    room_id: z.string(),
    seq: z.int(),
    client_id: z.string().nullable(),
    type: kind,
    content: z.string().nullable(),
    format: z.string().nullable(),
    url: z.string().nullable().describe('Of an image or recording: leads to its file, like those of `files`.'),
    sender: personSchema,
    reply_to: z.string().nullable(),
    created_at: z.iso.datetime(),
    edited_at: z.iso.datetime().nullable(),
    files: z.array(shownFile).readonly().optional().describe('What it carries; absent if it carries nothing.'),
    poll_id: z
      .string()
      .optional()
      .describe('The poll that it asks; absent from other messages. Its text says the same.'),
  })
  .meta({ title: 'Message', description: 'A message as it is stored.' })

/** A file of a room, and the message that carries it (rule FL1). */
const roomFile = z
  .object({
    message_id: z.string(),
    seq: z.int().describe('The place of the message in its room.'),
    sender: personSchema,
    created_at: z.iso.datetime().describe('Of the message.'),
    file: shownFile,
  })
  .meta({ title: 'RoomFile' })

/** Sent to a sender who asked for no acknowledgement (rule M6). */
export const receipt = message.pick({ id: true, client_id: true, room_id: true, seq: true, created_at: true })

/** What the documented ways to send to the lobby have in common. */
const posting = {
  caller: 'labelled',
  scope: 'messages:write',
  limit: messageRates.message,
  appends: true,
  errors: [
    'not_found',
    not_a_member,
    chat_disabled,
    'too_large',
    room_closed,
    'unsupported_type',
    guests_not_allowed,
    sender_taken,
    sent_out,
    file_not_ready,
    quota_exceeded,
  ],
} as const

/** Reading what was said in a room, also for other features whose items stand in its conversation. */
export const readingMessages = {
  caller: 'anyone',
  scope: 'messages:read',
  limit: 'read',
  errors: ['not_found', not_a_member, 'not_authenticated', banned, sent_out],
  permissions: [roomPermissions.read_public, roomPermissions.read_private],
} as const

export const messageActions = defineActions({
  'messages.send': {
    summary: 'Sends a message to a room.',
    input: toRoom,
    output: message,
    http: [{ method: 'POST', path: '/api/rooms/:room_id/messages', status: 201 }],
    socket: [{ event: 'send_message' }, { event: 'chat_message', accepts: chatMessage }],
    caller: 'user',
    scope: 'messages:write',
    limit: messageRates.message,
    appends: true,
    errors: [
      'not_found',
      not_a_member,
      sent_out,
      chat_disabled,
      'too_large',
      room_closed,
      'unsupported_type',
      file_not_ready,
      quota_exceeded,
    ],
    permissions: [messagePermissions.send, roomPermissions.speak],
  },
  'messages.post': {
    summary: 'Sends a message to the lobby or to a room, also without a token, under the name of `sender`.',
    input: toLobby,
    output: message,
    http: [{ method: 'POST', path: '/api/message', status: 201 }],
    socket: [{ event: 'message' }, { event: 'send_text', accepts: sendText }],
    ...posting,
  },
  'messages.postImage': {
    summary: 'Sends an image to the lobby or to a room.',
    input: sendImage,
    output: message,
    socket: [{ event: 'send_image' }],
    ...posting,
  },
  'messages.postAudio': {
    summary: 'Sends a recording to the lobby or to a room.',
    input: sendAudio,
    output: message,
    socket: [{ event: 'send_audio' }],
    ...posting,
  },
  'messages.history': {
    summary: 'A page of messages, oldest first.',
    input: z.object({
      room_id: roomId,
      before: wholeNumber(0, 'any').nullish().describe('Messages with a lower seq.'),
      after: wholeNumber(0, 'any').nullish().describe('Messages with a higher seq, from the oldest on.'),
      limit: wholeNumber(1, 'any')
        .nullish()
        .describe(`50; at most ${messageBounds.history_page.value}. Long messages make a page shorter.`),
    }),
    output: z.object({ messages: z.array(message), next_cursor: z.int().nullable() }),
    http: [
      { method: 'GET', path: '/api/rooms/:room_id/messages' },
      { method: 'POST', path: '/api/get-chatroom-messages' },
      { method: 'POST', path: '/api/chatroom/get-chatroom-messages' },
    ],
    ...readingMessages,
  },
  'messages.files': {
    summary: 'A page of the files that messages of a room carry, the newest message first.',
    input: z.object({
      room_id: roomId,
      kind: z.enum(filesKinds).default('media').describe('`media`: images and videos.'),
      cursor: seqCursor,
      limit: wholeNumber(1, 'any')
        .nullish()
        .describe(
          `Messages whose files the page holds: 50; at most ${messageBounds.files_page.value}. Long messages make a page shorter.`,
        ),
    }),
    output: z.object({ files: z.array(roomFile), next_cursor: z.int().nullable() }),
    http: [{ method: 'GET', path: '/api/rooms/:room_id/files' }],
    ...readingMessages,
  },
})

/** Rule M10. */
const wire = (roomKind: string): string =>
  roomKind === 'lobby' ? 'message' : roomKind === 'watch' ? 'new_chat_message' : 'new_message'

export const messageSent: EventType = {
  name: 'messages.sent',
  v: 1,
  summary: 'A message; its event name depends on the kind of its room.',
  // The files are first, where encoders look for them (encode.ts).
  body: z.object({ files: z.array(carriedFile).optional() }).extend(
    message.pick({
      ...{ id: true, client_id: true, type: true, content: true, format: true, url: true, reply_to: true },
      poll_id: true,
    }).shape,
  ),
  payload: message,
  wire,
  wires: ['message', 'new_chat_message', 'new_message'],
  audience: 'room',
  // Its links are signed anew (rule M12).
  slot_ms: linkSlot,
  retention_ms: null,
  history: true,
  encode: encodeMessage,
}

export const chatOption: RoomOption = {
  name: 'chat',
  onIn: ['lobby', 'chat', 'meeting', 'watch', 'call', 'game'],
  forWhom: 'everyone',
  hosts: 'speak',
}

export const messageEphemerals: readonly EphemeralType[] = [
  {
    name: 'message_received',
    to: 'connection',
    summary: 'The message is stored. Sent only to its sender, if they asked for no acknowledgement.',
    payload: receipt,
  },
]
