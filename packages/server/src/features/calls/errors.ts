import { defineErrors } from '../../core/error.ts'

/** Error codes of calls. */
export const callErrors = defineErrors({
  call_disabled: { status: 403, text: 'Calls are off in this room', retry: 'never' },
  not_configured: { status: 503, text: 'This is not set up on this server', retry: 'never' },
})
