import { createHmac } from 'node:crypto'
import { domainToASCII, domainToUnicode } from 'node:url'
import type { Profile } from '../../core/caller.ts'
import { lookalikeKeysOf } from '../../core/text/lookalike-keys.ts'
import { cleanName } from '../../core/text/name.ts'
import { systemProfile } from '../../room/people.ts'

export const guestName = 'Guest'

/** The name of every deleted user: rule A8. */
export const deletedName = 'Deleted user'
/** The name key of a deleted user. No chosen name has it, since names contain no control characters. */
export const deletedKey = (id: string): string => `\u001f${id}`

export const guestProfile = (id: string, name: string): Profile => ({ id, name, avatar_url: null, guest: true })

/** Names that the server itself uses, in every language of the app (rule G7). */
const reserved = likenessOf([systemProfile.name, deletedName, 'Usuario eliminado'])
/** Names of guests who gave none. An account with such a name would make it unavailable to every guest without a name. */
const unnamed = likenessOf([guestName, 'Invitado'])

export const isReserved = (name: string): boolean => isLikeOne(name, reserved)
export const isReservedForGuests = (name: string): boolean => isLikeOne(name, unnamed)

function likenessOf(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(lookalikeKeysOf).flatMap(({ look_key, shown_key }) => [look_key, shown_key]))
}
function isLikeOne(name: string, keys: ReadonlySet<string>): boolean {
  const { look_key, shown_key } = lookalikeKeysOf(name)
  return keys.has(look_key) || keys.has(shown_key)
}

/** An e-mail address as it is compared: its host in one spelling, `bücher.example` as its punycode form (UTS #46). */
export function emailKey(email: string): string {
  const { local, host } = partsOf(email)
  return host === null ? nameKey(email) : nameKey(`${local}@${domainToASCII(host) || host}`)
}

/** All keys under which this name or address may be stored, the current one first: earlier releases used other spellings. */
export function loginKeys(login: string): string[] {
  const { local, host } = partsOf(login)
  const spellings = host === null ? [] : [emailKey(login), nameKey(`${local}@${domainToUnicode(host) || host}`)]
  return [...new Set([nameKey(login), nameKey(cleanName(login)), ...spellings])]
}

function partsOf(email: string): { local: string; host: string | null } {
  const at = email.lastIndexOf('@')
  return at < 0 ? { local: email, host: null } : { local: email.slice(0, at), host: email.slice(at + 1) }
}

/** The key that names share which differ only in case or Unicode form. */
export const nameKey = (name: string): string => name.normalize('NFKC').toLowerCase()

/** The id of the guest behind a label and an address (rule G3), as a UUID of version 8 (RFC 9562, 5.8). */
export function labelledId(secret: string, label: string, address: string): string {
  const bytes = createHmac('sha256', secret)
    .update(JSON.stringify(['guest', label, address]))
    .digest()
    .subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
