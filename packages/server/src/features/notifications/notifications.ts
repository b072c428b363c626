import { type Action, implement } from '../../core/action.ts'
import type { Clock } from '../../core/clock.ts'
import { newId } from '../../core/id.ts'
import type { Live } from '../../room/live/live.ts'
import { notificationActions, notificationEvent } from './contract.ts'

export type NotificationsDeps = { live: Pick<Live, 'broadcast' | 'tellUser'>; clock: Clock }

export function createNotifications({ live, clock }: NotificationsDeps): readonly Action[] {
  return implement(notificationActions, {
    'notifications.send': {
      // The contract asks for an administrator.
      allow: () => true,
      run({ title, body, user_ids }, _caller, context) {
        const created_at = new Date(clock.now()).toISOString()
        const notification = { id: newId(), kind: 'system' as const, title, body, data: null, created_at }
        const { name } = notificationEvent
        const costs = user_ids
          ? [...new Set(user_ids)].map((id) => live.tellUser(id, name, notification))
          : [live.broadcast(name, notification)]
        context.charge(
          'fan_out_bytes',
          costs.reduce((sum, cost) => sum + cost, 0),
        )
        return notification
      },
    },
  })
}
