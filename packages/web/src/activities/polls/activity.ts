import { may } from '@parlor/client/permissions'
import { defineActivity } from '../activity.ts'

/** Questions to the room. Each stands in the conversation, so none is announced besides. */
export const polls = defineActivity({
  name: 'polls',
  icon: 'M5 20V11M12 20V4M19 20v-6',
  label: { en: 'Polls', es: 'Encuestas' },
  isOn: ({ capabilities }) => capabilities.polls,
  isLive: () => false,
  start: {
    label: { en: 'New poll', es: 'Nueva encuesta' },
    isOffered: ({ capabilities, settings }, role) =>
      capabilities.polls &&
      (settings.polls === 'everyone' || (settings.polls === 'host' && may(role, 'speak'))) &&
      may(role, 'create_poll'),
  },
  hasCard: ({ poll_id }) => poll_id !== undefined,
  load: async () => (await import('./parts.ts')).parts,
})
