import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { addressKey } from '../../../core/address-key.ts'
import { bytesOfBase64Url } from '../../../core/text/base64url.ts'
import { newSecret } from '../../../core/id.ts'

/** A key in use, and earlier ones whose tokens still hold. */
export type DeviceKeys = { readonly current: string; readonly previous: readonly string[] }

/** What is kept of a device or an address from which somebody signed in: nothing that says which it is. */
export type Origin = { kind: 'device' | 'address'; key: string }

export type Devices = {
  /** The token of a device that has none of ours yet. */
  newToken(): string
  /** Null: no token of ours. */
  ofToken(token: string | null | undefined): Origin | null
  /** An address (IPv6: its /64) for one user alone: the same address of two users is not the same here. */
  ofAddress(user_id: string, address: string): Origin
}

/** Of a token, in characters: 128 random bits, and 128 bits of HMAC. */
const idLength = 22
const macBytes = 16

/**
 * Devices, as OWASP's "device cookies" tell who signed in before from who guesses (rule A11). A token is random and signed,
 * so that nobody's program can choose one that others know; it authorizes nothing.
 */
export function createDevices({ current, previous }: DeviceKeys): Devices {
  const mac = (key: string, id: string): Buffer =>
    createHmac('sha256', key).update(`parlor:device\0${id}`).digest().subarray(0, macBytes)

  function isOurs(token: string): boolean {
    const id = token.slice(0, idLength)
    const given = bytesOfBase64Url(token.slice(idLength))
    if (given?.length !== macBytes || bytesOfBase64Url(id) === null) return false
    return [current, ...previous].some((key) => timingSafeEqual(mac(key, id), given))
  }

  return {
    newToken() {
      const id = newSecret(16)
      return id + mac(current, id).toString('base64url')
    },
    ofToken(token) {
      if (token == null || !isOurs(token)) return null
      // Of the random part: a token that a later key signs is another one all the same.
      return { kind: 'device', key: createHash('sha256').update(token.slice(0, idLength)).digest('base64url') }
    },
    ofAddress(user_id, address) {
      const text = `parlor:address\0${user_id}\0${addressKey(address)}`
      return { kind: 'address', key: createHmac('sha256', current).update(text).digest('base64url') }
    },
  }
}
