import { ok } from '../harness/rest.ts'
import { password, type Person, type Stage } from '../harness/stage.ts'
import { claimsOf } from '../harness/tokens.ts'
import type { JsonObject } from '../harness/wire.ts'

/** One call: who makes it, null for nobody, and with what. */
export type Call = { by: Person | null; input: JsonObject }

export type DoorsEntry = {
  /** A call that succeeds, in circumstances that are equal on each stage. */
  good: (stage: Stage) => Promise<Call>
  /** A call by someone who may not make it, and how it is refused. */
  refused?: (stage: Stage) => Promise<Call & { code: string }>
  /** Fields whose value here is refused by itself. */
  bad?: JsonObject
  /** Doors whose documents have other words for the same. */
  words?: { readonly [door: string]: (input: JsonObject) => JsonObject }
  /** Fields that tell of the moment, not of what happened. */
  differs?: readonly string[]
}

/** A room with its host and a member. */
async function inRoom(stage: Stage, fields?: JsonObject) {
  const host = await stage.guest('host')
  const member = await stage.guest('member')
  const { id: room_id } = await stage.room(host, fields)
  await stage.join(member, room_id)
  return { host, member, room_id }
}

async function byOutsider(stage: Stage, input: JsonObject = {}) {
  const { room_id } = await inRoom(stage)
  return { by: await stage.guest('outsider'), input: { room_id, ...input } }
}

async function alone(stage: Stage, kind: 'guest' | 'account' = 'guest') {
  return { by: await stage[kind](kind), input: {} }
}

/** Someone who is asked for by the host of their room. */
async function aboutMember(stage: Stage, input: JsonObject = {}) {
  const { host, member, room_id } = await inRoom(stage)
  return { by: host, input: { room_id, user_id: member.id, ...input } }
}

/** The same, asked for by someone who may not. */
async function asMember(stage: Stage, input: JsonObject = {}) {
  const { host, member, room_id } = await inRoom(stage)
  return { by: member, input: { room_id, user_id: host.id, ...input }, code: 'forbidden' }
}

async function withWaiting(stage: Stage) {
  const host = await stage.guest('host')
  const { id: room_id } = await stage.room(host, { settings: { waiting: true } })
  const waiting = await stage.guest('waiting')
  await stage.join(waiting, room_id)
  return { by: host, input: { room_id, user_id: waiting.id } }
}

/** A cursor before the first record, as one is said behind each page of them. */
const firstPlace = Buffer.from('["",""]').toString('base64url')

const asText = ({ content, ...rest }: JsonObject) => ({ ...rest, text: content })

const identity: { [action: string]: DoorsEntry } = {
  'identity.signInGuest': {
    good: async (stage) => ({ by: null, input: { name: stage.unique('guest') } }),
    bad: { name: '' },
  },
  'identity.register': {
    good: async (stage) => {
      const username = stage.unique('account')
      return { by: null, input: { username, email: `${username}@example.org`, password } }
    },
    refused: async (stage) => {
      const { name: username, email } = await stage.account('account')
      return { by: null, input: { username, email, password }, code: 'account_exists' }
    },
    bad: { email: 'nobody' },
    differs: ['expires_in', 'device_token'],
  },
  'identity.login': {
    good: async (stage) => {
      const { email } = await stage.account('account')
      return { by: null, input: { email, password } }
    },
    refused: async (stage) => {
      const { email } = await stage.account('account')
      return { by: null, input: { email, password: 'not the one' }, code: 'invalid_credentials' }
    },
    bad: { email: '' },
    differs: ['expires_in', 'device_token'],
  },
  'identity.refresh': {
    good: async (stage) => ({ by: null, input: { refresh_token: (await stage.guest('guest')).refresh_token } }),
    refused: async () => ({ by: null, input: { refresh_token: 'none of ours' }, code: 'token_invalid' }),
    bad: { refresh_token: 7 },
  },
  'identity.logout': { good: alone },
  'identity.me': { good: (stage) => alone(stage, 'account') },
  'identity.updateMe': {
    good: async (stage) => ({ by: await stage.account('account'), input: { username: stage.unique('other name') } }),
    refused: async (stage) => {
      const { name: username } = await stage.account('first')
      return { by: await stage.account('second'), input: { username }, code: 'account_exists' }
    },
    bad: { username: '' },
  },
  'identity.rename': {
    good: async (stage) => ({ by: await stage.guest('guest'), input: { username: stage.unique('other name') } }),
    refused: async (stage) => {
      const { name: username } = await stage.account('first')
      return { by: await stage.account('second'), input: { username }, code: 'account_exists' }
    },
    bad: { username: '' },
  },
  'identity.changePassword': {
    good: async (stage) => {
      const by = await stage.account('account')
      return { by, input: { old_password: password, new_password: 'a long walk in the sun' } }
    },
    refused: async (stage) => {
      const by = await stage.account('account')
      return { by, input: { old_password: 'not the one', new_password: 'a long walk' }, code: 'invalid_password' }
    },
    bad: { new_password: 'short' },
  },
  'identity.deleteAccount': {
    good: async (stage) => ({ by: await stage.account('account'), input: { password } }),
    refused: async (stage) => {
      const by = await stage.account('account')
      return { by, input: { password: 'not the one' }, code: 'invalid_password' }
    },
    bad: { password: 7 },
  },
  'identity.sessions': { good: alone },
  'identity.revokeSession': {
    good: async (stage) => {
      const by = await stage.guest('guest')
      return { by, input: { id: String(claimsOf(by.token)['sid']) } }
    },
    refused: async (stage) => {
      const other = await stage.guest('other')
      const input = { id: String(claimsOf(other.token)['sid']) }
      return { by: await stage.guest('guest'), input, code: 'not_found' }
    },
  },
  'identity.revokeOtherSessions': { good: alone },
}

const rooms: { [action: string]: DoorsEntry } = {
  'rooms.create': {
    good: async (stage) => ({ by: await stage.guest('host'), input: { name: 'A room', kind: 'meeting' } }),
    bad: { kind: 'castle' },
  },
  'rooms.list': {
    good: async () => ({ by: null, input: { limit: 1 } }),
    bad: { cursor: 'nonsense' },
    differs: ['items', 'next_cursor'],
  },
  'rooms.mine': {
    good: async (stage) => {
      const { host } = await inRoom(stage)
      return { by: host, input: {} }
    },
  },
  'rooms.ofUser': {
    good: async (stage) => {
      const { host } = await inRoom(stage)
      return { by: host, input: { user_id: host.id } }
    },
    refused: async (stage) => {
      const { host, member } = await inRoom(stage)
      return { by: member, input: { user_id: host.id }, code: 'forbidden' }
    },
  },
  'rooms.update': {
    good: async (stage) => {
      const { host, room_id } = await inRoom(stage)
      return { by: host, input: { room_id, name: 'Another name', settings: { chat: 'host' } } }
    },
    refused: (stage) => asMember(stage, { name: 'Another name' }),
    bad: { name: '' },
  },
  'rooms.close': {
    good: async (stage) => {
      const { host, room_id } = await inRoom(stage)
      return { by: host, input: { room_id } }
    },
    refused: asMember,
  },
  'rooms.member': {
    good: aboutMember,
    refused: async (stage) => {
      const host = await stage.guest('host')
      const { id: room_id } = await stage.room(host, { is_private: true, password: 'sesame' })
      return { by: await stage.guest('outsider'), input: { room_id, user_id: host.id }, code: 'not_a_member' }
    },
  },
  'rooms.setRole': {
    good: (stage) => aboutMember(stage, { role: 'cohost' }),
    refused: (stage) => asMember(stage, { role: 'cohost' }),
    bad: { role: 'queen' },
  },
  'rooms.removeMember': {
    good: (stage) => aboutMember(stage, { ban: true }),
    refused: asMember,
    bad: { ban: 'perhaps' },
  },
  'rooms.bans': { good: aboutMember, refused: asMember },
  'rooms.unban': {
    good: async (stage) => {
      const call = await aboutMember(stage)
      const { room_id, user_id } = call.input
      await (await call.by.socket()).ask('remove_member', { room_id, user_id, ban: true })
      return call
    },
    refused: asMember,
  },
  'rooms.waiting': { good: withWaiting, refused: asMember },
  'rooms.admit': { good: withWaiting, refused: asMember },
  'rooms.deny': { good: withWaiting, refused: asMember },
  'rooms.invite': {
    good: async (stage) => {
      const { host, room_id } = await inRoom(stage)
      return { by: host, input: { room_id, max_uses: 3 } }
    },
    refused: asMember,
    bad: { max_uses: 0 },
    differs: ['id', 'code', 'url'],
  },
  'rooms.invites': { good: aboutMember, refused: asMember },
  'rooms.revokeInvite': {
    good: async (stage) => {
      const { host, room_id } = await inRoom(stage)
      const invite = await ok<{ id: string }>(stage.url, 'POST', `/api/rooms/${room_id}/invites`, {
        token: host.token,
        body: {},
      })
      return { by: host, input: { room_id, invite_id: stage.call(invite.id, 'invite') } }
    },
    refused: (stage) => asMember(stage, { invite_id: 'none' }),
  },
  'rooms.get': {
    good: async (stage) => {
      const { host, room_id } = await inRoom(stage)
      return { by: host, input: { room_id } }
    },
  },
  'rooms.members': {
    good: async (stage) => {
      const { member, room_id } = await inRoom(stage)
      return { by: member, input: { room_id } }
    },
  },
  'rooms.state': {
    good: async (stage) => {
      const { member, room_id } = await inRoom(stage)
      return { by: member, input: { room_id, cursor: firstPlace } }
    },
    bad: { cursor: 'nonsense' },
    differs: ['epoch'],
  },
  'rooms.join': { good: (stage) => byOutsider(stage), bad: { password: 7 } },
  'rooms.leave': {
    good: async (stage) => {
      const { member, room_id } = await inRoom(stage)
      return { by: member, input: { room_id } }
    },
  },
  'rooms.attach': { good: (stage) => byOutsider(stage), bad: { after_seq: 'x' }, differs: ['epoch', 'peer_id'] },
  'rooms.detach': {
    good: async (stage) => {
      const { member, room_id } = await inRoom(stage)
      await stage.attach(member, room_id)
      return { by: member, input: { room_id } }
    },
  },
  'rooms.typing': {
    good: (stage) => attached(stage, { typing: true }),
    refused: async (stage) => ({ ...(await byOutsider(stage, { typing: true })), code: 'not_a_member' }),
    bad: { typing: 'yes' },
  },
  'rooms.presence': {
    good: (stage) => attached(stage, { state: { x: 1 } }),
    refused: async (stage) => ({ ...(await byOutsider(stage, { state: null })), code: 'not_a_member' }),
    bad: { state: 'here' },
  },
  'rooms.signal': {
    good: async (stage) => {
      const call = await attached(stage, { name: 'wave', data: null })
      return { ...call, input: { ...call.input, to: (await (await call.other.socket()).connected()).sid } }
    },
    refused: async (stage) => ({
      ...(await byOutsider(stage, { name: 'wave', data: null })),
      code: 'not_a_member',
    }),
    bad: { name: '' },
  },
}

async function attached(stage: Stage, input: JsonObject) {
  const { host, member, room_id } = await inRoom(stage)
  await stage.attach(host, room_id)
  await stage.attach(member, room_id)
  return { by: member, other: host, input: { room_id, ...input } }
}

const messages: { [action: string]: DoorsEntry } = {
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
  },
  'messages.history': {
    good: async (stage) => {
      const { host, member, room_id } = await inRoom(stage)
      for (const { socket } of [host, member]) await (await socket()).ask('send_message', { room_id, content: 'Hello' })
      return { by: member, input: { room_id, limit: 1 } }
    },
    bad: { limit: -1 },
  },
}

const ops: { [action: string]: DoorsEntry } = {
  'ops.ping': { good: async (stage) => ({ by: await stage.guest('pinger'), input: {} }) },
}

const calls: { [action: string]: DoorsEntry } = {
  'calls.token': {
    good: async () => ({ by: null, input: { identity: 'user123', room: 'room456' } }),
    refused: async (stage) => {
      const { name } = await stage.account('account')
      return { by: null, input: { identity: name, room: 'room456' }, code: 'sender_taken' }
    },
    bad: { room: 7 },
  },
}

/** Every action has an entry. */
export const doorsTable: { readonly [action: string]: DoorsEntry } = {
  ...identity,
  ...rooms,
  ...messages,
  ...calls,
  ...ops,
}
