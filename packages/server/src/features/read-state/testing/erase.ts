import { deleted } from '../../feed/testing/feed.ts'
import type { World } from '../../testing/world.ts'

/** Deletes a message, as a future feature will. */
export async function erase({ engine }: Pick<World, 'engine'>, room_id: string, seq: number): Promise<void> {
  const ops = [{ op: 'redact', seq, as: deleted, body: () => ({}) }] as const
  await engine.commit({ room_id, actor: 0, action: 'deletes.delete', client_id: null, members_only: false, ops })
}
