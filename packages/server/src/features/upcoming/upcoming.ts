import type { RoomOption } from '../../core/room-option.ts'

/**
 * Capabilities that rooms already show on the wire although their features are not built yet: clients store and show these
 * switches. When a feature is built, its row moves from here into the feature.
 */
export const upcomingOptions: readonly RoomOption[] = [
  { name: 'reactions', onIn: ['chat', 'meeting', 'watch', 'call', 'game'], forWhom: 'everyone', hosts: 'speak' },
  { name: 'whiteboard', onIn: ['meeting'], forWhom: 'everyone', hosts: 'controls' },
  { name: 'playback', onIn: ['watch'], forWhom: 'host', hosts: 'controls' },
  { name: 'captions', onIn: ['chat', 'meeting', 'watch', 'call'], forWhom: 'everyone', hosts: 'speak' },
  { name: 'shared_state', onIn: ['chat', 'meeting', 'call', 'game'], forWhom: 'everyone', hosts: 'speak' },
]
