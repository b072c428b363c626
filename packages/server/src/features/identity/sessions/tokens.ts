import { createSecretKey, type KeyObject } from 'node:crypto'
import { errors as jose, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { bytesOfBase64Url } from '../../../core/text/base64url.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'

/** Claims of an access token (rule T1). `fresh`: its guest may not be stored yet (rule G2). */
export type Claims = { sub: string; sid: string; fresh: boolean; expires_at: number }
/** `turn`: how often the session had been refreshed when this refresh token was made (rule T5). */
export type RefreshClaims = { sub: string; sid: string; turn: number }

export type JwtKeys = { readonly current: string; readonly previous: readonly string[] }

export type Tokens = {
  /** `lasts` in ms. */
  signAccess(claims: { sub: string; sid: string; fresh?: boolean }, lasts: number): Promise<string>
  /** The same claims at the same time make the same token. `at` and `lasts` in ms. */
  signRefresh(claims: RefreshClaims, at: number, lasts: number): Promise<string>
  /** The claims of a genuine access token. Rejects with `token_expired` or `token_invalid` (rule T2). */
  verify(token: string): Promise<Claims>
  /** The claims of a genuine refresh token. Rejects with `token_invalid`, also when it has expired. */
  verifyRefresh(token: string): Promise<RefreshClaims>
}

const name = 'parlor'
/** In characters; a real token has about 300. */
const maxLength = 4096
const payload = z.object({ sub: z.string().min(1), sid: z.string().min(1), iat: z.number(), exp: z.number() })
const access = payload.extend({ typ: z.literal('access'), fresh: z.boolean().default(false) })
const refresh = payload.extend({ typ: z.literal('refresh'), turn: z.int().min(0).default(0) })

/** JWTs (RFC 7519) signed with HMAC SHA-256 (RFC 7518, 3.2). */
export function createTokens({ clock, keys }: { clock: Clock; keys: JwtKeys }): Tokens {
  const current = secretKey(keys.current)
  const accepted = [current, ...keys.previous.map(secretKey)]

  function sign(sub: string, claims: JWTPayload, at: number, lasts: number): Promise<string> {
    const issued = Math.floor(at / 1000)
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(name)
      .setAudience(name)
      .setSubject(sub)
      .setIssuedAt(issued)
      .setExpirationTime(issued + Math.floor(lasts / 1000))
      .sign(current)
  }

  async function claimsOf<T>(schema: z.ZodType<T>, token: string): Promise<T> {
    const claims = schema.safeParse(await verifyWithAny(token, accepted, new Date(clock.now())))
    if (!claims.success) throw new AppError('token_invalid')
    return claims.data
  }

  return {
    signAccess: ({ sub, sid, fresh }, lasts) =>
      sign(sub, { sid, typ: 'access', ...(fresh ? { fresh } : {}) }, clock.now(), lasts),
    signRefresh: ({ sub, sid, turn }, at, lasts) => sign(sub, { sid, typ: 'refresh', turn }, at, lasts),
    async verify(token) {
      const { sub, sid, fresh, exp } = await claimsOf(access, token)
      return { sub, sid, fresh, expires_at: exp * 1000 }
    },
    verifyRefresh: (token) => claimsOf(refresh, token),
  }
}

const secretKey = (secret: string): KeyObject => createSecretKey(Buffer.from(secret))

/** Three parts of base64url without padding (RFC 7515, 2), nothing else: a token has one spelling (rule T2). */
function isCompact(token: string): boolean {
  const parts = token.length > maxLength ? [] : token.split('.')
  return parts.length === 3 && parts.every((part) => bytesOfBase64Url(part) !== null)
}

async function verifyWithAny(token: string, keys: readonly KeyObject[], currentDate: Date): Promise<unknown> {
  if (!isCompact(token)) throw new AppError('token_invalid')
  let cause: unknown
  for (const key of keys) {
    try {
      const verified = await jwtVerify(token, key, { algorithms: ['HS256'], issuer: name, audience: name, currentDate })
      return verified.payload
    } catch (error) {
      // The signature is checked before the expiry: only a genuine token is answered "expired".
      if (error instanceof jose.JWTExpired && error.payload['typ'] === 'access') throw new AppError('token_expired')
      cause = error
      if (!(error instanceof jose.JWSSignatureVerificationFailed)) break
    }
  }
  throw new AppError('token_invalid', { cause })
}
