import { defineActivity } from '../activity.ts'
import { mayAsk } from './may-ask.ts'

/** Questions to the room. Each stands in the conversation, so none is announced besides. */
export const polls = defineActivity({
  name: 'polls',
  icon: 'M5 20V11M12 20V4M19 20v-6',
  label: { en: 'Polls', es: 'Encuestas' },
  isOn: ({ capabilities, settings }) => capabilities.polls && settings.polls !== 'off',
  option: { name: 'polls', label: { en: 'Who can create polls', es: 'Quién puede crear encuestas' } },
  isLive: () => false,
  start: {
    label: { en: 'New poll', es: 'Nueva encuesta' },
    isOffered: mayAsk,
  },
  hasCard: ({ poll_id }) => poll_id !== undefined,
  load: async () => (await import('./parts.ts')).parts,
})
