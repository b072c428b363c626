import { defineErrors } from '../../core/error.ts'

/** Error codes of messages. */
export const messageErrors = defineErrors({
  chat_disabled: { status: 403, text: 'Chat is off in this room', retry: 'never' },
})
