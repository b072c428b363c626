import type { Channel, ChannelHooks, Subscription } from './channel.ts'
import { settledRange } from './ring.ts'
import { type Frame, waitingLimit } from '../sink.ts'

/** Sends `room_position` to members that are up to date and got nothing since the last call (rule L6). */
export function tellPositions(channel: Channel, onFailed: ChannelHooks['onFailed']): void {
  for (const subscription of channel.subscriptions.slice()) {
    const quiet = subscription.told === subscription.toldBefore
    if (quiet && subscription.attached && subscription.reading === 0 && subscription.told < subscription.position)
      tellPosition(channel, subscription, onFailed)
    subscription.toldBefore = subscription.told
  }
}

function tellPosition({ room }: Channel, subscription: Subscription, onFailed: ChannelHooks['onFailed']): void {
  const { sink } = subscription.connection
  if (sink.waiting() > waitingLimit) return
  subscription.told = subscription.position
  const json = `{"room_id":${JSON.stringify(room.id)},"seq":${subscription.position}}`
  const frame: Frame<string> = { seq: subscription.position, audience: 'room', event: 'room_position', json }
  try {
    sink.write(settledRange(room.num, [frame]))
  } catch (error) {
    onFailed(subscription.connection, error)
  }
}
