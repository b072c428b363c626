import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import type { RoomActions } from '../contract.ts'
import { doors } from './trials/doors.ts'
import { roles } from './trials/roles.ts'

type WithOptions = `rooms.${'create' | 'list' | 'ofUser' | 'get' | 'update' | 'join' | 'attach' | 'presence'}`

const inShared = { room: 'shared' } as const

/** As many languages as a member may name, in the longest tags. */
const tags = Array.from({ length: 8 }, (_, n) => `qa${String.fromCharCode(97 + n)}-abcdefgh-ijklmnop-qrstuvwx-yz01`)

export const trials: FeatureTrials<RoomActions, 'rooms.removeMember', WithOptions> = {
  doors,
  roles,
  sdk: true,
  samples: {
    name: 'A name',
    typing: true,
    data: { x: 1 },
    cursor: 'none',
    state: { x: 1 },
    invite_id: 'something',
    role: 'member',
    languages: { speaks: ['es'], reads: ['es', 'en-GB'] },
  },
  floods: {
    fields: {
      slot: undefined,
      languages: { speaks: tags, reads: tags },
      data: 'x'.repeat(65_000),
      state: { x: 'x'.repeat(4000) },
      invite: undefined,
      online: undefined,
      epoch: undefined,
      after_seq: 0,
      movie_source: { type: 'directLink', url: `https://example.org/${'v'.repeat(2000)}` },
      settings: { capacity: 1_000_000, locked: false, waiting: false, chat: 'everyone' },
      is_private: false,
      expires_in: 3600,
      max_uses: 1000,
    },
    actions: {
      'rooms.create': { fields: { password: null, kind: undefined } },
      'rooms.update': { fields: { password: null } },
      'rooms.join': { ...inShared, fields: { password: undefined } },
      'rooms.attach': { ...inShared, fields: { password: undefined } },
      'rooms.state': { ...inShared, fields: { cursor: Buffer.from('["",""]').toString('base64url') } },
      'rooms.setRole': { fields: { role: 'member' } },
      'rooms.detach': inShared,
      'rooms.leave': { ...inShared, spoils: 1 },
      'rooms.close': { spoils: 2 },
      'rooms.typing': inShared,
      'rooms.presence': inShared,
      'rooms.signal': inShared,
      'rooms.get': inShared,
      'rooms.members': inShared,
      'rooms.member': inShared,
    },
  },
}
