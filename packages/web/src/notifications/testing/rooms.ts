import type { FeedRoom } from '@parlor/client/feed'

/** A room with an unread message of Ben at this position, which he sent at that second. */
export function room(id: string, seq: number, more: Partial<FeedRoom> = {}): FeedRoom {
  const plain = { kind: 'room', is_private: false, has_password: false, access: 'open', host_id: null } as const
  const settings = { capabilities: {}, settings: {}, owner_id: null, host_rights: 'all', member_count: 2 }
  const last_message = { id: `m${seq}`, seq, sender: { id: 'ben', name: 'Ben' }, type: 'text', text: 'Hello' }
  const last_message_at = new Date(seq * 1000).toISOString()
  const own = { me: { role: 'member' }, read_seq: 0, unread_from: null, unread: 1, notify: 'all', notify_until: null }
  const fields = { id, name: `The ${id}`, last_seq: seq, last_message, last_message_at, ...plain, ...settings, ...own }
  return JSON.parse(JSON.stringify({ ...fields, favorite: false, group: null, preferences_at: null, ...more }))
}
