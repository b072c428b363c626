import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { addressKey } from '../../../core/address-key.ts'
import { bytesOfBase64Url } from '../../../core/text/base64url.ts'
import { newSecret } from '../../../core/id.ts'

/** The current key, and earlier ones whose tokens are still valid. */
export type DeviceKeys = { readonly current: string; readonly previous: readonly string[] }

/** A hash of a device or an address from which a user signed in; it does not reveal the device or address. */
export type SignInSource = { kind: 'device' | 'address'; key: string }

export type Devices = {
  /** A new token, for a device that has none. */
  newToken(): string
  /** Null: this server did not issue the token. */
  ofToken(token: string | null | undefined): SignInSource | null
  /** The key of an address (IPv6: its /64) for one user: two users at one address have different keys. */
  ofAddress(user_id: string, address: string): SignInSource
}

/** The length of a token's random part in characters: 128 bits. 128 bits of HMAC follow. */
const idLength = 22
const macBytes = 16

/**
 * Device tokens, after OWASP's "device cookies": they distinguish devices that signed in before from guessers (rule A11).
 * A token is random and signed, so that no client can choose one that others know; it authorizes nothing.
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
      // Hashes the random part only, so that the stored key does not depend on the signing key.
      return { kind: 'device', key: createHash('sha256').update(token.slice(0, idLength)).digest('base64url') }
    },
    ofAddress(user_id, address) {
      const text = `parlor:address\0${user_id}\0${addressKey(address)}`
      return { kind: 'address', key: createHmac('sha256', current).update(text).digest('base64url') }
    },
  }
}
