import type { Set } from '../../../../../../test/harness/trials/cast.ts'
import { type FeatureTrials, places } from '../../../../../../test/harness/trials.ts'
import type { JsonObject } from '../../../../../../test/harness/wire.ts'
import { pngOf, tone } from '../../../platform/media/testing/samples.ts'
import { by, inRoom as ofRoom, isMember, reading } from '../../rooms/testing/trials/rights.ts'
import { byOutsider, inRoom } from '../../rooms/testing/trials/stages.ts'
import type { messageActions } from '../contract.ts'
import { messagePermissions } from '../permissions.ts'

const asText = ({ content, ...rest }: JsonObject) => ({ ...rest, text: content })
const saying = ({ room_id }: Set) => ({ room_id, content: 'Hello', message: 'Hello', text: 'Hello' })

/** A control character takes six bytes as JSON, more than any other; at least one character must be visible. */
const longText = `m${'\u0001'.repeat(19_999)}`
/** Not in the schema of a text: the same fields may carry an image, up to the frame's size limit. */
const largest = 'A'.repeat(5 * 1024 * 1024)
const image = { room_id: places.room, type: 'image', content: largest, client_id: places.unique }
/** A small image and recording. */
const picture = pngOf(2, 2).toString('base64')
const sound = tone(1).toString('base64')
const inShared = { room: 'shared' } as const

export const trials: FeatureTrials<typeof messageActions> = {
  doors: {
    'messages.send': {
      good: async (stage) => {
        const { member, room_id } = await inRoom(stage)
        return { by: member, input: { room_id, content: 'Hello', client_id: 'first' } }
      },
      refused: async (stage) => ({ ...(await byOutsider(stage, { content: 'Hello' })), code: 'not_a_member' }),
      bad: { content: '' },
      words: { chat_message: ({ content, ...rest }) => ({ ...rest, message: content }) },
    },
    'messages.post': {
      good: async (stage) => {
        const { member, room_id } = await inRoom(stage)
        return { by: member, input: { room_id, content: 'Hello', client_id: 'first' } }
      },
      refused: async (stage) => ({ ...(await byOutsider(stage, { content: 'Hello' })), code: 'not_a_member' }),
      bad: { content: '' },
      words: { send_text: asText },
      byUser: true,
    },
    'messages.postImage': {
      good: async (stage) => {
        const { member, room_id } = await inRoom(stage)
        return { by: member, input: { room_id, image: picture, client_id: 'first' } }
      },
      refused: async (stage) => ({ ...(await byOutsider(stage, { image: picture })), code: 'not_a_member' }),
      bad: { image: 'not base64!' },
      differs: ['files', 'url'],
      byUser: true,
    },
    'messages.postAudio': {
      good: async (stage) => {
        const { member, room_id } = await inRoom(stage)
        return { by: member, input: { room_id, audio: sound, client_id: 'first' } }
      },
      refused: async (stage) => ({ ...(await byOutsider(stage, { audio: sound })), code: 'not_a_member' }),
      bad: { audio: 'not base64!' },
      differs: ['files', 'url'],
      byUser: true,
    },
    'messages.history': {
      good: async (stage) => {
        const { host, member, room_id } = await inRoom(stage)
        for (const { socket } of [host, member])
          await (await socket()).ask('send_message', { room_id, content: 'Hello' })
        return { by: member, input: { room_id, limit: 1 } }
      },
      bad: { limit: -1 },
    },
    'messages.files': {
      good: async (stage) => {
        const { member, room_id } = await inRoom(stage)
        return { by: member, input: { room_id, kind: 'audio', limit: 1 } }
      },
      bad: { kind: 'castle' },
    },
  },
  roles: {
    'messages.send': [{ input: saying, verdict: by(messagePermissions.send) }],
    // A caller without a token is a guest under the `sender` that they send, and a member of no room.
    'messages.post': [
      { about: 'a room', input: saying, verdict: (part) => (isMember(part) ? true : 'not_a_member') },
      { about: 'the lobby', input: () => ({ content: 'Hello', text: 'Hello' }), verdict: () => true, keeps: true },
    ],
    'messages.postImage': [
      {
        input: ({ room_id }) => ({ room_id, image: picture }),
        verdict: (part) => (isMember(part) ? true : 'not_a_member'),
      },
    ],
    'messages.postAudio': [
      {
        input: ({ room_id }) => ({ room_id, audio: sound }),
        verdict: (part) => (isMember(part) ? true : 'not_a_member'),
      },
    ],
    'messages.history': [{ input: ofRoom, verdict: reading }],
    'messages.files': [{ input: ofRoom, verdict: reading }],
  },
  sdk: true,
  samples: { content: 'hello', message: 'hello', text: 'hello', image: picture, audio: sound },
  floods: {
    fields: {
      content: longText,
      message: longText,
      text: longText,
      image: largest,
      audio: largest,
      type: 'text',
      format: undefined,
      reply_to: undefined,
    },
    actions: {
      'messages.send': inShared,
      'messages.post': {
        ...inShared,
        also: [
          { name: 'an image by http', door: 'POST /api/message', input: image },
          { name: 'an image by socket', door: 'message', input: image },
        ],
      },
      'messages.postImage': { ...inShared, fields: { type: undefined } },
      'messages.postAudio': { ...inShared, fields: { type: undefined } },
      'messages.history': inShared,
      'messages.files': inShared,
    },
  },
}
