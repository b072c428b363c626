import { defineActivity } from '../activity.ts'

/** The conversation: it never ends, so it is never announced. */
export const chat = defineActivity({
  name: 'chat',
  icon: 'M4 5h16v11H9.5L5 20v-4H4z',
  label: { en: 'Chat', es: 'Chat' },
  isOn: () => true,
  option: { name: 'chat', label: { en: 'Who can post', es: 'Quién puede escribir' } },
  isLive: () => false,
  load: async () => ({ Stage: (await import('./stage.tsx')).ChatStage }),
})
