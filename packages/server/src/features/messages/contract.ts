import { z } from 'zod'
import {
  defineActions,
  type EphemeralType,
  type EventType,
  boundedText,
  plainText,
  tooLarge,
  withPlainCharacters,
} from '../../core/contract.ts'
import type { RoomOption } from '../../core/room-option.ts'
import { personSchema } from '../identity/contract.ts'
import { roomId, roomPermissions, seqCursor, wholeNumber } from '../rooms/contract.ts'
import { hasVisibleText } from '../../core/text/name.ts'
import { bytesOfBase64 } from './base64.ts'
import { messageBounds } from './bounds.ts'
import { encodeMessage } from './encode.ts'
import { identityErrors } from '../identity/contract.ts'
import { carriedFile, shownFile, uploadErrors } from '../uploads/contract.ts'
import { linkSlot } from '../../core/link.ts'
import { messageErrors } from './errors.ts'
import { filesKinds } from './files.ts'
import { messagePermissions } from './permissions.ts'
import { roomErrors } from '../../room/errors.ts'
import { messageRates } from './limits.ts'

export { messageErrors } from './errors.ts'

const { banned, not_a_member, room_closed, sent_out } = roomErrors
const { chat_disabled } = messageErrors
const { guests_not_allowed, sender_taken } = identityErrors
const { file_not_ready, quota_exceeded } = uploadErrors

/** Rule M4. */
const textLimit = messageBounds.message_text.value

/** How the documents describe a text whose length is checked separately from its type. */
const documented = { minLength: 1, maxLength: textLimit, description: 'Not of white space alone.' }
/** Of an image or recording. */
const base64 = {
  minLength: 1,
  description: 'Base64 of the bytes, with a `data:` prefix or without; at most MAX_INLINE_BYTES of them.',
}
/** A content of any type. */
const anyContent = {
  description: `A text of at most ${textLimit} UTF-16 units, not of white space alone. Of an image or recording: ${base64.description}`,
}

const kind = z.enum(['text', 'image', 'audio']).meta({ title: 'MessageType' })
const common = {
  type: kind.default('text'),
  format: withPlainCharacters(z.string().max(64)).nullish(),
  client_id: plainText(128)
    .nullish()
    .describe('Chosen by the sender, unique for each message: it makes a retry recognizable.'),
  reply_to: plainText(128).nullish().describe('The id of a message of the same room.'),
  file_ids: z
    .array(plainText(64))
    .max(messageBounds.message_files.value)
    .readonly()
    .nullish()
    .describe('Files of the sender that it carries; with some the text may be empty.'),
}

export const sending = z.object({
  room_id: roomId,
  ...common,
  content: z.string().meta(anyContent),
  /** The name of a sender without a token (rule M9). */
  sender: z.string().max(1024).nullish(),
})
/** A message as it was sent; `bytes` those of an image or recording, whose `content` is null. */
export type Sending = Omit<z.output<typeof sending>, 'content'> & { content: string | null; bytes: Uint8Array | null }

type Files = { file_ids?: readonly string[] | null | undefined }

function checkNotEmpty({ file_ids }: Files, content: string, field: string, check: z.RefinementCtx): void {
  const mayBeEmpty = file_ids != null && file_ids.length > 0 && content === ''
  if (!mayBeEmpty && !hasVisibleText(content))
    check.addIssue({ code: 'custom', path: [field], message: 'This must not be empty' })
}

/** Rule M4; `field` is the one that held the content. */
function checkContent(
  { type, ...files }: Files & { type: Sending['type'] },
  content: string,
  field: string,
  check: z.RefinementCtx,
): void {
  checkNotEmpty(files, content, field, check)
  if (type === 'text' && content.length > textLimit) check.addIssue({ ...tooLarge(textLimit), path: [field] })
}

/** Rules M4 and IN1: `content` of a text, `bytes` of an image or recording. `field` is the one that held the content. */
export function received<M extends Files & { type: Sending['type'] }>(
  message: M,
  content: string,
  field: string,
  check: z.RefinementCtx,
): M & Pick<Sending, 'content' | 'bytes'> {
  if (message.type === 'text') {
    checkContent(message, content, field, check)
    return { ...message, content, bytes: null }
  }
  const bytes = content === '' ? null : bytesOfBase64(content)
  if (bytes === null) check.addIssue({ code: 'custom', path: [field], message: 'This is not base64' })
  return { ...message, content: null, bytes }
}

const toRoom = sending
  .omit({ sender: true })
  .transform(({ content, ...message }, check): Sending => received(message, content, 'content', check))

/** What a message says, whoever it is for; `received` checks it. */
export const messageContent = sending.pick({ type: true, format: true, content: true })

/** The input for the lobby: only the content is required (rule M1). */
const toLobby = sending.extend({ room_id: roomId.nullish() }).transform(({ content, ...message }, check): Sending => {
  return received({ ...message, room_id: message.room_id ?? 'lobby' }, content, 'content', check)
})

const sendText = z
  .object({
    ...common,
    type: z.literal('text').default('text'),
    text: boundedText(textLimit).meta(documented),
    sender: sending.shape.sender,
  })
  .extend({ room_id: roomId.nullish() })
  .transform(({ text, ...message }, check): Sending => {
    return received({ ...message, room_id: message.room_id ?? 'lobby' }, text, 'text', check)
  })

/** An image or recording of its own event. */
const ofFile = { ...common, sender: sending.shape.sender, room_id: roomId.nullish() }
const sendImage = z
  .object({ ...ofFile, type: z.literal('image').default('image'), image: z.string().meta(base64) })
  .transform(({ image, ...message }, check): Sending => {
    return received({ ...message, room_id: message.room_id ?? 'lobby' }, image, 'image', check)
  })
const sendAudio = z
  .object({ ...ofFile, type: z.literal('audio').default('audio'), audio: z.string().meta(base64) })
  .transform(({ audio, ...message }, check): Sending => {
    return received({ ...message, room_id: message.room_id ?? 'lobby' }, audio, 'audio', check)
  })

/** The input of a watch party. Its document does not name the field of the text, so the first of these is used. */
const chatFields = ['message', 'content', 'text'] as const
const chatMessage = z
  .object({
    room_id: roomId,
    ...common,
    message: z.string().meta(anyContent).nullish(),
    content: z.string().meta(anyContent).nullish(),
    text: z.string().meta(anyContent).nullish(),
  })
  .meta({ required: ['room_id', 'message'] })
  .transform(({ message, content, text, ...rest }, check): Sending => {
    const given = { message, content, text }
    const field = chatFields.find((name) => given[name] != null) ?? 'message'
    return received(rest, given[field] ?? '', field, check)
  })

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
