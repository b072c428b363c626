import { createHmac, timingSafeEqual } from 'node:crypto'
import { bytesOfBase64Url } from '../../../core/text/base64url.ts'
import { newSecret } from '../../../core/id.ts'

/** The current key, and earlier ones whose codes are still valid. */
export type CodeKeys = { readonly current: string; readonly previous: readonly string[] }

export type InviteCodes = {
  newId(): string
  /** The code to give to invited users: the id and its HMAC (rule I2). */
  codeOf(room_id: string, id: string): string
  /** The id of the invitation of this code; null when the code was not signed with any of the keys. */
  idOf(room_id: string, code: string): string | null
}

/** The length of a code's id in characters: 96 random bits. 128 bits of HMAC follow. */
const idLength = 16
const macBytes = 16

export function createInviteCodes({ current, previous }: CodeKeys): InviteCodes {
  const mac = (key: string, room_id: string, id: string): Buffer =>
    createHmac('sha256', key).update(`parlor:invite\0${room_id}\0${id}`).digest().subarray(0, macBytes)

  return {
    newId: () => newSecret(12),
    codeOf: (room_id, id) => id + mac(current, room_id, id).toString('base64url'),
    idOf(room_id, code) {
      const id = code.slice(0, idLength)
      const given = bytesOfBase64Url(code.slice(idLength))
      if (given?.length !== macBytes) return null
      return [current, ...previous].some((key) => timingSafeEqual(mac(key, room_id, id), given)) ? id : null
    },
  }
}
