import { z } from 'zod'
import { boundedText, plainText, tooLarge, withPlainCharacters } from '../../../core/contract.ts'
import { hasVisibleText } from '../../../core/text/name.ts'
import { roomId } from '../../rooms/contract.ts'
import { bytesOfBase64 } from '../base64.ts'
import { messageBounds } from '../bounds.ts'

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

export const kind = z.enum(['text', 'image', 'audio']).meta({ title: 'MessageType' })
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

const sending = z.object({
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

export const toRoom = sending
  .omit({ sender: true })
  .transform(({ content, ...message }, check): Sending => received(message, content, 'content', check))

/** What a message says, whoever it is for; `received` checks it. */
export const messageContent = sending.pick({ type: true, format: true, content: true })

/** The input for the lobby: only the content is required (rule M1). */
export const toLobby = sending
  .extend({ room_id: roomId.nullish() })
  .transform(({ content, ...message }, check): Sending => {
    return received({ ...message, room_id: message.room_id ?? 'lobby' }, content, 'content', check)
  })

export const sendText = z
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
export const sendImage = z
  .object({ ...ofFile, type: z.literal('image').default('image'), image: z.string().meta(base64) })
  .transform(({ image, ...message }, check): Sending => {
    return received({ ...message, room_id: message.room_id ?? 'lobby' }, image, 'image', check)
  })
export const sendAudio = z
  .object({ ...ofFile, type: z.literal('audio').default('audio'), audio: z.string().meta(base64) })
  .transform(({ audio, ...message }, check): Sending => {
    return received({ ...message, room_id: message.room_id ?? 'lobby' }, audio, 'audio', check)
  })

/** The input of a watch party. Its document does not name the field of the text, so the first of these is used. */
const chatFields = ['message', 'content', 'text'] as const
export const chatMessage = z
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
