// Made by scripts/docs.ts from the contracts of the server. To change it, change those.

/** Each action: method and path of its REST door, and its event on sockets; empty where it has none. */
export const doors = {
  'identity.register': ['POST', '/api/auth/register', ''],
  'identity.me': ['GET', '/api/auth/me', ''],
  'identity.signInGuest': ['POST', '/api/auth/guest', ''],
  'identity.login': ['POST', '/api/auth/login', ''],
  'identity.refresh': ['POST', '/api/auth/refresh', ''],
  'identity.logout': ['POST', '/api/auth/logout', ''],
  'identity.sessions': ['GET', '/api/auth/sessions', ''],
  'identity.revokeSession': ['DELETE', '/api/auth/sessions/:id', ''],
  'identity.revokeOtherSessions': ['DELETE', '/api/auth/sessions', ''],
  'identity.updateMe': ['PATCH', '/api/auth/me', ''],
  'identity.rename': ['POST', '/api/update-username', ''],
  'identity.changePassword': ['POST', '/api/change-password', ''],
  'identity.deleteAccount': ['POST', '/api/delete-account', ''],
  'rooms.create': ['POST', '/api/rooms', ''],
  'rooms.list': ['GET', '/api/rooms', ''],
  'rooms.mine': ['GET', '/api/rooms/my', ''],
  'rooms.ofUser': ['GET', '/api/user-chatrooms/:user_id', ''],
  'rooms.get': ['GET', '/api/rooms/:room_id', ''],
  'rooms.state': ['GET', '/api/rooms/:room_id/state', ''],
  'rooms.update': ['PATCH', '/api/rooms/:room_id', 'update_room'],
  'rooms.close': ['DELETE', '/api/rooms/:room_id', 'close_room'],
  'rooms.join': ['POST', '/api/rooms/:room_id/join', ''],
  'rooms.leave': ['POST', '/api/rooms/:room_id/leave', ''],
  'rooms.attach': ['', '', 'join_room'],
  'rooms.detach': ['', '', 'leave_room'],
  'rooms.typing': ['', '', 'typing'],
  'rooms.presence': ['', '', 'presence'],
  'rooms.signal': ['', '', 'signal'],
  'rooms.members': ['GET', '/api/rooms/:room_id/members', ''],
  'rooms.member': ['GET', '/api/rooms/:room_id/members/:user_id', ''],
  'rooms.setRole': ['PATCH', '/api/rooms/:room_id/members/:user_id', 'set_role'],
  'rooms.removeMember': ['DELETE', '/api/rooms/:room_id/members/:user_id', 'remove_member'],
  'rooms.bans': ['GET', '/api/rooms/:room_id/bans', ''],
  'rooms.unban': ['DELETE', '/api/rooms/:room_id/bans/:user_id', ''],
  'rooms.waiting': ['GET', '/api/rooms/:room_id/waiting', ''],
  'rooms.admit': ['POST', '/api/rooms/:room_id/waiting/:user_id/admit', 'admit'],
  'rooms.deny': ['POST', '/api/rooms/:room_id/waiting/:user_id/deny', 'deny'],
  'rooms.invite': ['POST', '/api/rooms/:room_id/invites', ''],
  'rooms.invites': ['GET', '/api/rooms/:room_id/invites', ''],
  'rooms.revokeInvite': ['DELETE', '/api/rooms/:room_id/invites/:invite_id', ''],
  'messages.send': ['POST', '/api/rooms/:room_id/messages', 'send_message'],
  'messages.post': ['POST', '/api/message', 'message'],
  'messages.history': ['GET', '/api/rooms/:room_id/messages', ''],
  'calls.token': ['POST', '/api/token', ''],
  'ops.ping': ['', '', 'ping'],
} as const satisfies Readonly<Record<string, readonly [string, string, string]>>

/** Events that carry a message. */
export const messageEvents = ['message', 'new_chat_message', 'new_message'] as const

/** What is heard under each name. */
export type EventPayloads = {
  connected: { sid: string; user: { id: string; name: string; avatar_url: string | null; guest: boolean }; server_time: string; protocol: number; access_token?: string }
  join_denied: { room_id: string; error: string; code: string }
  member_changed: { room_id: string; seq: number; user: { id: string; name: string; avatar_url: string | null; guest: boolean }; role: string; by: string | null }
  member_joined: { room_id: string; seq: number; user: { id: string; name: string; avatar_url: string | null; guest: boolean }; role: string }
  member_left: { room_id: string; seq: number; user: { id: string; name: string; avatar_url: string | null; guest: boolean }; role: string; by: string | null; reason: 'left' | 'removed' | 'banned' | 'waiting' }
  message: { id: string; room_id: string; seq: number; client_id: string | null; type: 'text' | 'image' | 'audio'; content: string | null; format: string | null; url: string | null; sender: { id: string; name: string; avatar_url: string | null; guest: boolean }; reply_to: string | null; created_at: string; edited_at: string | null }
  message_received: { id: string; client_id: string | null; room_id: string; seq: number; created_at: string }
  new_chat_message: { id: string; room_id: string; seq: number; client_id: string | null; type: 'text' | 'image' | 'audio'; content: string | null; format: string | null; url: string | null; sender: { id: string; name: string; avatar_url: string | null; guest: boolean }; reply_to: string | null; created_at: string; edited_at: string | null }
  new_message: { id: string; room_id: string; seq: number; client_id: string | null; type: 'text' | 'image' | 'audio'; content: string | null; format: string | null; url: string | null; sender: { id: string; name: string; avatar_url: string | null; guest: boolean }; reply_to: string | null; created_at: string; edited_at: string | null }
  pong: { timestamp: string }
  presence_changed: { room_id: string; peer_id: string; user_id: string; state: Readonly<Record<string, unknown>> | null }
  presence_count: { room_id: string; count: number; member_count: number }
  record_changed: { room_id: string; seq: number; type: string; key: string; set?: Readonly<Record<string, unknown>>; unset?: readonly (string)[]; deleted?: true }
  room_closed: { room_id: string; seq: number; reason: string }
  room_joined: { room: { id: string; kind: 'lobby' | 'chat' | 'meeting' | 'watch' | 'call' | 'game'; name: string; is_private: boolean; has_password: boolean; access: 'public' | 'password' | 'invite'; host_id: string | null; capabilities: { chat: boolean; reactions: boolean; call: boolean; whiteboard: boolean; playback: boolean; captions: boolean; shared_state: boolean }; settings: { chat: 'off' | 'host' | 'everyone'; reactions: 'off' | 'host' | 'everyone'; call: 'off' | 'host' | 'everyone'; whiteboard: 'off' | 'host' | 'everyone'; playback: 'off' | 'host' | 'everyone'; captions: 'off' | 'host' | 'everyone'; shared_state: 'off' | 'host' | 'everyone'; capacity?: number; locked: boolean; waiting: boolean }; movie_source?: { type: 'googleDrive' | 'directLink' | 'uploadLater'; url?: string | null; file_id?: string | null }; owner_id: string | null; host_rights: 'all' | 'cohost' | 'order' | 'controls'; host?: { id: string; name: string; avatar_url: string | null; guest: boolean }; member_count: number; is_active: boolean; last_seq: number; created_at: string }; seq: number; epoch: string; recovered: boolean; events: readonly ({ seq: number; event: string; data: Readonly<Record<string, unknown>> })[]; records: readonly ({ type: string; key: string; seq: number; value?: Readonly<Record<string, unknown>>; deleted?: true })[]; more?: string; history_before: number | null; presence: readonly ({ user: { id: string; name: string; avatar_url: string | null; guest: boolean }; peers: readonly ({ peer_id: string; state: Readonly<Record<string, unknown>> | null })[] })[]; me: { role: string; peer_id: string; user_id: string } }
  room_position: { room_id: string; seq: number }
  room_updated: { by: string | null; room: { name: string; is_private: boolean; has_password: boolean; access: 'public' | 'password' | 'invite'; host_id: string | null; capabilities: { chat: boolean; reactions: boolean; call: boolean; whiteboard: boolean; playback: boolean; captions: boolean; shared_state: boolean }; settings: { chat: 'off' | 'host' | 'everyone'; reactions: 'off' | 'host' | 'everyone'; call: 'off' | 'host' | 'everyone'; whiteboard: 'off' | 'host' | 'everyone'; playback: 'off' | 'host' | 'everyone'; captions: 'off' | 'host' | 'everyone'; shared_state: 'off' | 'host' | 'everyone'; capacity?: number; locked: boolean; waiting: boolean }; movie_source?: { type: 'googleDrive' | 'directLink' | 'uploadLater'; url?: string | null; file_id?: string | null }; owner_id?: string | null; host_rights?: 'all' | 'cohost' | 'order' | 'controls'; host?: { id: string; name: string; avatar_url: string | null; guest: boolean } }; room_id: string; seq: number }
  signal: { room_id: string; to?: string; name: string; data: unknown; from: { peer_id: string; user_id: string | null } }
  typing: { room_id: string; user: { id: string; name: string; avatar_url: string | null; guest: boolean }; typing: boolean }
  user_joined: { room_id: string; user: { id: string; name: string; avatar_url: string | null; guest: boolean }; member_count: number }
  user_left: { room_id: string; user: { id: string; name: string; avatar_url: string | null; guest: boolean }; member_count: number; reason: 'left' | 'disconnected' | 'removed' }
  user_updated: { room_id: string; user: { id: string; name: string; avatar_url: string | null; guest: boolean } }
}
