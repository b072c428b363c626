import { defineErrors } from '../../core/error.ts'

/** Codes of preferences (rules PF3 and PF6). */
export const preferenceErrors = defineErrors({
  too_many_groups: { status: 409, text: 'You have as many groups as you can have', retry: 'never' },
  too_many_preferences: { status: 409, text: 'You have set preferences in as many rooms as you can', retry: 'never' },
})
