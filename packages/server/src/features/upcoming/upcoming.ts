import type { RoomOption } from '../../core/room-option.ts'

/**
 * What rooms already have on the wire of features that are not built yet: clients keep and show these switches. A feature
 * that is built takes its row from here.
 */
export const upcomingOptions: readonly RoomOption[] = [
  { name: 'reactions', onIn: ['chat', 'meeting', 'watch', 'call', 'game'], forWhom: 'everyone', hosts: 'speak' },
  { name: 'whiteboard', onIn: ['meeting'], forWhom: 'everyone', hosts: 'controls' },
  { name: 'playback', onIn: ['watch'], forWhom: 'host', hosts: 'controls' },
  { name: 'captions', onIn: ['chat', 'meeting', 'watch', 'call'], forWhom: 'everyone', hosts: 'speak' },
  { name: 'shared_state', onIn: ['chat', 'meeting', 'call', 'game'], forWhom: 'everyone', hosts: 'speak' },
]
