import type { Channel, Connection, Subscription } from './channel/channel.ts'
import { isBehind } from './backlog/drain.ts'

export type Signal = { to: string | null; name: string; data: unknown }

/**
 * Sends a signal to a peer, to all peers of a user, or (`to` null) to all others in the room; false: nobody got it. It
 * is never stored, so a client that cannot take it now does not get it (rule S1). In order per pair: it is queued like all
 * frames for one client alone.
 */
export function sendSignal(
  channel: Channel,
  from: Connection,
  { to, name, data }: Signal,
  queued: (connection: Connection, bytes: number) => void,
): boolean {
  const sender = { peer_id: from.id, user_id: from.owner.user?.id ?? null }
  const json = JSON.stringify({ room_id: channel.room.id, ...(to === null ? {} : { to }), name, data, from: sender })
  const bytes = Buffer.byteLength(json)
  let reached = false
  for (const { connection, attached, reading } of addressed(channel, to)) {
    if (!attached || reading > 0 || connection === from || !connection.owner.present) continue
    if (isBehind(connection.sink)) continue
    connection.sink.emit('signal', json)
    queued(connection, bytes)
    reached = true
  }
  return reached
}

/** Looks at no other connection of the room (rule L10). */
function addressed(channel: Channel, to: string | null): readonly Subscription[] {
  if (to === null) return channel.subscriptions.slice()
  const peer = channel.ofConnection(to)
  return peer ? [peer] : channel.ofUser(to)
}
