import { defineFeature } from '../feature.ts'
import { notificationBounds } from './bounds.ts'
import { notificationActions, notificationEvent, notificationRates } from './contract.ts'
import { createNotifications } from './notifications.ts'

export const notificationsFeature = defineFeature({
  name: 'notifications',
  actions: notificationActions,
  ephemerals: [notificationEvent],
  rates: notificationRates,
  bounds: notificationBounds,
  create: (platform) => ({ api: null, actions: createNotifications(platform) }),
})
