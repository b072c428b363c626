// What the documents promise to clients, written down for tests independently of the server's own schemas.

export type JsonObject = { [name: string]: unknown }

export type User = { id: string; name: string; avatar_url: string | null; guest: boolean }
export type Session = {
  user: { id: string; username: string; email: string | null; guest: boolean; avatar_url: string | null }
  access_token: string
  refresh_token: string
  expires_in: number
}
export type Room = {
  id: string
  name: string
  kind: string
  is_private: boolean
  has_password: boolean
  host_id: string | null
  capabilities: JsonObject
  settings: JsonObject
  member_count: number
  is_active: boolean
  last_seq: number
  created_at: string
}
export type Message = {
  id: string
  room_id: string
  seq: number
  client_id: string | null
  type: string
  content: string | null
  format: string | null
  url: string | null
  sender: User
  reply_to: string | null
  created_at: string
  edited_at: string | null
}
export type Page = { messages: Message[]; next_cursor: number | null }
export type RoomEvent = { seq: number; event: string; data: JsonObject }
export type Joined = {
  room: Room
  seq: number
  epoch: string
  recovered: boolean
  events: RoomEvent[]
  records: JsonObject[]
  more?: string | null
  history_before: number | null
  presence: { user: User; peers: { peer_id: string; state: JsonObject | null; slots: JsonObject }[] }[]
  me: { role: string; peer_id: string }
}
export type Failure = {
  error: string
  code: string
  retry: string
  required?: string[]
  errors?: { [field: string]: string }
}
export type Reply<T> = { ok: true; data: T } | ({ ok: false } & Failure)
export type Connected = {
  sid: string
  user: User
  server_time: string
  protocol: number | string
  access_token?: string
}
