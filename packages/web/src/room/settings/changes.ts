export type Access = 'public' | 'password' | 'invite'
export type ForWhom = 'off' | 'host' | 'everyone'

/** Of a room what its settings show. */
export type SettingsRoom = {
  id: string
  name: string
  access: Access
  capabilities: { chat: boolean }
  settings: { chat: ForWhom; capacity?: number | undefined; locked: boolean; waiting: boolean }
}

/** What is to be changed of it; what is absent stays. */
export type Changes = {
  name?: string
  is_private?: boolean
  password?: string | null
  capabilities?: { chat: boolean }
  settings?: { chat?: ForWhom; capacity?: number | null; locked?: boolean; waiting?: boolean }
}

/** What makes a room open to those; a password is needed where there is none yet. */
export function accessChanges(access: Access, password: string): Changes {
  if (access === 'password') return { is_private: true, password }
  return { is_private: access === 'invite', password: null }
}
