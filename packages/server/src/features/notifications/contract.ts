import { z } from 'zod'
import { boundedText, defineActions, type EphemeralType, plainText } from '../../core/contract.ts'
import { defineRates } from '../../core/rate.ts'
import { notificationBounds } from './bounds.ts'

export const notificationRates = defineRates({
  notify: { burst: 20, perSecond: 1, by: 'caller', help: 'notifications of the server', fansOut: true },
})

const { notification_title, notification_body, notified_users } = notificationBounds

const notification = z
  .object({
    id: z.string(),
    kind: z.literal('system'),
    title: z.string(),
    body: z.string(),
    data: z.record(z.string(), z.unknown()).nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ title: 'Notification' })

export const notificationActions = defineActions({
  'notifications.send': {
    summary: 'Notifies these users, or everyone who is connected.',
    input: z.object({
      title: plainText(notification_title.value, { trim: true }),
      body: boundedText(notification_body.value),
      user_ids: z
        .array(plainText(128))
        .min(1)
        .max(notified_users.value)
        .readonly()
        .nullish()
        .describe('Absent: everyone who is connected.'),
    }),
    output: notification,
    http: [{ method: 'POST', path: '/api/admin/notifications', status: 201 }],
    caller: 'admin',
    scope: 'admin:write',
    roomless: true,
    limit: notificationRates.notify,
    creates: 'event',
    errors: ['too_large', 'forbidden'],
  },
})

export const notificationEvent: EphemeralType = {
  name: 'notification',
  to: 'user',
  summary: 'A note of the server to this user, or to everyone who is connected.',
  payload: notification,
}
