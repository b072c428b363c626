import { ok } from '../../../../../../../test/harness/rest.ts'
import type { DoorsOf } from '../../../../../../../test/harness/trials.ts'
import type { RoomActions } from '../../contract.ts'
import { aboutMember, asMember, attached, byOutsider, inRoom, withWaiting } from './stages.ts'

/** A cursor before the first record, in the form that each page of records ends with. */
const firstPlace = Buffer.from('["",""]').toString('base64url')

export const doors: DoorsOf<RoomActions> = {
  'rooms.create': {
    good: async (stage) => ({ by: await stage.guest('host'), input: { name: 'A room', kind: 'meeting' } }),
    bad: { kind: 'castle' },
  },
  'rooms.list': {
    good: async () => ({ by: null, input: { limit: 1 } }),
    bad: { cursor: 'nonsense' },
    differs: ['items', 'next_cursor'],
  },
  'rooms.people': {
    good: async (stage) => {
      const { host } = await inRoom(stage)
      return { by: host, input: { q: 'm' } }
    },
    bad: { limit: 0 },
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
  'rooms.updateMe': {
    good: async (stage) => {
      const { member, room_id } = await inRoom(stage)
      return { by: member, input: { room_id, languages: { speaks: ['es'], reads: ['es', 'en-GB'] } } }
    },
    refused: async (stage) => ({
      ...(await byOutsider(stage, { languages: { speaks: [], reads: [] } })),
      code: 'not_a_member',
    }),
    bad: { languages: { speaks: ['?'], reads: [] } },
  },
  'rooms.leave': {
    good: async (stage) => {
      const { member, room_id } = await inRoom(stage)
      return { by: member, input: { room_id } }
    },
  },
  'rooms.attach': { good: (stage) => byOutsider(stage), bad: { after_seq: 'x' }, differs: ['epoch', 'peer_id'] },
  'rooms.detach': {
    within: true,
    good: async (stage) => {
      const { member, room_id } = await inRoom(stage)
      await stage.attach(member, room_id)
      return { by: member, input: { room_id } }
    },
  },
  'rooms.typing': {
    within: true,
    good: (stage) => attached(stage, { typing: true }),
    refused: async (stage) => ({ ...(await byOutsider(stage, { typing: true })), code: 'not_a_member' }),
    bad: { typing: 'yes' },
  },
  'rooms.presence': {
    within: true,
    good: (stage) => attached(stage, { state: { x: 1 } }),
    refused: async (stage) => ({ ...(await byOutsider(stage, { state: null })), code: 'not_a_member' }),
    bad: { state: 'here' },
  },
  'rooms.signal': {
    within: true,
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
