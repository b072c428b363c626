import { definePermissions, members } from '../rooms/contract.ts'

export const pollPermissions = definePermissions({
  create_poll: { text: 'Create polls, as far as the settings `polls` and `chat` go', who: members },
  vote_poll: { text: 'Vote in polls', who: members },
  close_poll: { text: 'Close polls of others', who: ['owner', 'cohost', 'host'] },
})
