import { createHmac, timingSafeEqual } from 'node:crypto'
import { bytesOfBase64Url } from '../../../core/text/base64url.ts'

const lasts = 24 * 3_600_000

/** The keys of SECRET_KEY: every node of a cluster has the same. */
export type SetupKeys = { readonly current: string; readonly previous: readonly string[] }

/** Tokens for the setup (rule AD1): whoever reads the log of the server may become its administrator. Nothing is stored. */
export function createSetupTokens({ current, previous }: SetupKeys) {
  const mac = (key: string, until: string): Buffer =>
    createHmac('sha256', key).update(`parlor:setup\0${until}`).digest().subarray(0, 24)
  return {
    issue(now: number): string {
      const until = (now + lasts).toString(36)
      return `${until}.${mac(current, until).toString('base64url')}`
    },
    isValid(token: string, now: number): boolean {
      const [until = '', given = ''] = token.split('.', 2)
      const bytes = bytesOfBase64Url(given)
      if (bytes?.length !== 24 || !/^[\da-z]{1,12}$/.test(until) || Number.parseInt(until, 36) < now) return false
      return [current, ...previous].some((key) => timingSafeEqual(mac(key, until), bytes))
    },
  }
}
