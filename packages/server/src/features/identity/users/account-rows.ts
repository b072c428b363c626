import type { Profile } from '../../../core/caller.ts'
import { lookalikeKeysOf } from '../../../core/text/lookalike-keys.ts'
import { emailKey, loginKeys, nameKey } from '../state.ts'
import { profileColumns, type ProfileRow } from '../tables.ts'
import type { NumberedProfile } from './rows.ts'

/** A user as they see themselves, and their password hash. */
export type Account = {
  num: number
  id: string
  username: string
  email: string | null
  guest: boolean
  admin: boolean
  avatar_url: string | null
  created_at: number
  password_hash: string | null
}
export type NewAccount = { username: string; email: string; password_hash: string }
/** The fields of a profile that change; absent ones stay. */
export type ProfileChange = {
  username?: string | undefined
  email?: string | undefined
  avatar_url?: string | null | undefined
}

export type AccountRow = ProfileRow & {
  email: string | null
  created_at: number
  password_hash: string | null
  admin: number
}

export const accountColumns = [
  ...profileColumns,
  'users.email',
  'users.created_at',
  'users.password_hash',
  'users.admin',
] as const

export function accountIn(
  { num, profile }: NumberedProfile,
  { email, created_at, password_hash, admin }: AccountRow,
): Account {
  const { id, name, guest, avatar_url } = profile
  const isAdmin = !guest && admin === 1
  return { num, id, username: name, email, guest, admin: isAdmin, avatar_url, created_at, password_hash }
}

/** A guest who is not stored yet, or was just stored, as they see themselves. */
export const guestAccount = ({ id, name, avatar_url }: Profile, created_at: number): Account => ({
  ...{ num: 0, id, username: name, email: null, guest: true, admin: false, avatar_url, created_at },
  password_hash: null,
})

export const named = (username: string) => ({ username, username_key: nameKey(username) })
/** The name of an account, with its look-alike keys (rule A13). */
export const namedAccount = (username: string) => ({
  ...named(username),
  ...lookalikeKeysOf(username),
  look_shared: 0 as const,
})
export const unnamed = { look_key: null, shown_key: null, look_shared: 0 as const }
export const reached = (email: string) => ({ email, email_key: emailKey(email) })

export type Keys = ['email_key' | 'username_key' | 'look_key' | 'shown_key', string[]]
/** The keys by which a user may sign in. */
export const keysOfLogin = (given: string): Keys[] => [
  ['email_key', loginKeys(given)],
  ['username_key', loginKeys(given)],
]
/** Those, and the look-alike keys. */
export function keysOfName(given: string): Keys[] {
  const { look_key, shown_key } = lookalikeKeysOf(given)
  return [...keysOfLogin(given), ['look_key', [look_key]], ['shown_key', [shown_key]]]
}
