import type { FeedRoom } from '../../generated/shapes.generated.ts'
import type { RoomsPage } from '../list.ts'

export const at = (second: number): string => new Date(second * 1000).toISOString()

/** A room that was made at second 1 and had its last message at `active`. */
export function room(id: string, active: number, more: Partial<FeedRoom> = {}): FeedRoom {
  const plain = { kind: 'room', is_private: false, has_password: false, access: 'open', host_id: null } as const
  const settings = { capabilities: {}, settings: {}, owner_id: null, host_rights: 'all', member_count: 2 }
  const made = { is_active: true, created_at: at(1), last_message_at: at(active), last_message: null }
  const own = { read_seq: 1, unread_from: null, unread: 0, notify: 'all', notify_until: null, favorite: false }
  const unset = { group: null, preferences_at: null }
  const known = { id, name: id, last_seq: active, me: { role: 'member' }, ...plain, ...settings }
  const fields = { ...known, ...made, ...own, ...unset, ...more }
  return JSON.parse(JSON.stringify(fields))
}

/** A page of the list, the last one unless `next_cursor` says otherwise. */
export const page = (items: FeedRoom[], more: Partial<RoomsPage> = {}): RoomsPage => {
  return { items, gone: [], since: '1000', next_cursor: null, ...more }
}
