import { createHmac, timingSafeEqual } from 'node:crypto'
import { bytesOfBase64Url } from '../../../core/text/base64url.ts'
import { newSecret } from '../../../core/id.ts'

/** A key in use, and earlier ones whose codes still hold. */
export type CodeKeys = { readonly current: string; readonly previous: readonly string[] }

export type InviteCodes = {
  newId(): string
  /** What is sent to who is invited: the id, and what only this server can make of it (rule I2). */
  codeOf(room_id: string, id: string): string
  /** The invitation that this is the code of; null when no key of ours made it. */
  idOf(room_id: string, code: string): string | null
}

/** Of a code, in characters: 96 random bits, and 128 bits of HMAC. */
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
