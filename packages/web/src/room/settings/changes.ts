import type { OptionName } from '../../activities/activity.ts'

export type Access = 'public' | 'password' | 'invite'
export type ForWhom = 'off' | 'host' | 'everyone'

/** The fields of a room that its settings show. */
export type SettingsRoom = {
  id: string
  name: string
  access: Access
  picture_url: string | null
  capabilities: Record<OptionName, boolean>
  settings: Record<OptionName, ForWhom> & { capacity?: number | undefined; locked: boolean; waiting: boolean }
}

/** The fields to change; absent ones stay as they are. */
export type Changes = {
  name?: string
  is_private?: boolean
  password?: string | null
  capabilities?: Partial<Record<OptionName, boolean>>
  settings?: Partial<Record<OptionName, ForWhom>> & { capacity?: number | null; locked?: boolean; waiting?: boolean }
}

/** Whom a capability is on for, and the changes that set it. */
export const forWhomIn = ({ capabilities, settings }: SettingsRoom, name: OptionName): ForWhom =>
  capabilities[name] ? settings[name] : 'off'

export const forWhomChanges = (name: OptionName, forWhom: ForWhom): Changes => ({
  settings: { [name]: forWhom },
  ...(forWhom !== 'off' && { capabilities: { [name]: true } }),
})

/** The changes that set who can join; a password is needed where the room has none yet. */
export function accessChanges(access: Access, password: string): Changes {
  if (access === 'password') return { is_private: true, password }
  return { is_private: access === 'invite', password: null }
}
