import type { Bounds } from '../../core/contract.ts'

/** The most that the server takes (rule NT3). */
export const notificationBounds = {
  notification_title: { value: 200, text: 'Characters in the title of a notification.' },
  notification_body: { value: 4000, text: 'Characters in the body of a notification.' },
  notified_users: { value: 1000, text: 'Users whom one notification names.' },
} as const satisfies Bounds
