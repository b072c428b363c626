import { defineRates } from '../../core/rate.ts'

export const readRates = defineRates({
  mark: { burst: 120, perSecond: 5, by: 'caller', help: 'marking a room as read or unread' },
  mark_all: { burst: 6, perSecond: 0.1, by: 'caller', help: 'marking all rooms as read', reads: true },
})

/** Rule RS5. */
export const readLimits = {
  readAtOnce: { value: 1_000, help: 'rooms that one call marks as read' },
} as const
