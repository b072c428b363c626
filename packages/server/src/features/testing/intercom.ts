import { z } from 'zod'
import { implement } from '../../core/action.ts'
import { requireUser } from '../../core/caller.ts'
import { attachedBytes, defineActions } from '../../core/contract.ts'
import { defineFeature } from '../feature.ts'
import { roomsFeature } from '../rooms/feature.ts'

const spoken = z.object({ room_id: z.string(), n: z.int(), audio: attachedBytes(1000), from: z.unknown() })

const intercomActions = defineActions({
  'intercom.speak': {
    summary: 'Sends sound to the others in the room.',
    input: spoken.omit({ from: true }),
    output: z.object({}),
    socket: [{ event: 'speak' }],
    caller: 'user',
    scope: 'messages:write',
    limit: 'write',
    errors: ['not_found'],
    order: 'passes',
  },
  'intercom.ring': {
    summary: 'Tells a user, oneself, or everyone.',
    input: z.object({ whom: z.string() }),
    output: z.object({}),
    socket: [{ event: 'ring' }],
    caller: 'user',
    scope: 'messages:write',
    limit: 'write',
    errors: [],
  },
})

/** A feature with a binary event, and events to a user, a peer and everyone. */
export const intercomFeature = defineFeature({
  name: 'intercom',
  needs: { rooms: roomsFeature },
  actions: intercomActions,
  ephemerals: [
    { name: 'spoken', summary: 'Sound.', payload: spoken, to: 'room', binary: 'audio' },
    { name: 'rung', summary: 'Somebody rings.', payload: z.object({ by: z.string() }), to: 'user' },
    { name: 'rung_back', summary: 'It rang.', payload: z.object({ by: z.string() }), to: 'connection' },
    { name: 'alarm', summary: 'For all.', payload: z.object({ by: z.string() }), to: 'all' },
  ],
  create: ({ live }, { rooms }) => ({
    api: null,
    actions: implement(intercomActions, {
      'intercom.speak': {
        allow: () => true,
        async run({ room_id, n, audio }, _caller, { connection_id, charge }) {
          const { num } = await rooms.known(room_id)
          const cost = live.tellBinary(connection_id ?? '', num, 'spoken', { n }, { field: 'audio', bytes: audio })
          charge('fan_out_bytes', cost)
          return {}
        },
      },
      'intercom.ring': {
        allow: () => true,
        run({ whom }, caller, { connection_id, charge }) {
          const by = { by: requireUser(caller).user.id }
          const tell = (event: string) => (whom === 'all' ? live.broadcast(event, by) : live.tellUser(whom, event, by))
          charge(
            'fan_out_bytes',
            tell(whom === 'all' ? 'alarm' : 'rung') + live.tellPeer(connection_id ?? '', 'rung_back', by),
          )
          return {}
        },
      },
    }),
  }),
})
