import { createHmac } from 'node:crypto'
import type { Profile } from '../../core/caller.ts'

export const guestName = 'Guest'

/** What remains of who deleted their account: rule A8. */
export const deletedName = 'Deleted user'
/** No name that anyone can choose has this key, for names hold no control characters. */
export const deletedKey = (id: string): string => `\u001f${id}`

/** Who speaks when nobody does: rule P1. */
export const systemProfile: Profile = { id: '', name: 'Parlor', avatar_url: null, guest: false }

export const guestProfile = (id: string, name: string): Profile => ({ id, name, avatar_url: null, guest: true })

/** What two names that differ in case or form alone have in common. */
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
