import { definePermissions, members } from '../rooms/contract.ts'

export const messagePermissions = definePermissions({
  send: { text: 'Send messages, as far as the setting `chat` goes', who: members },
})
