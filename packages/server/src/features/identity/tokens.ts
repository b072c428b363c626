import { createSecretKey, type KeyObject } from 'node:crypto'
import { errors as jose, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'

/** Rule T1. `fresh`: the token of a guest who may not be stored yet (rule G2). */
export type Claims = { sub: string; sid: string; fresh: boolean; expires_at: number }

export type JwtKeys = { readonly current: string; readonly previous: readonly string[] }

export type Tokens = {
  /** `lasts` in ms. */
  sign(
    kind: 'access' | 'refresh',
    claims: { sub: string; sid: string; fresh?: boolean },
    lasts: number,
  ): Promise<string>
  /** The claims of a genuine access token. Rejects with `token_expired` or `token_invalid` (rule T2). */
  verify(token: string): Promise<Claims>
}

const name = 'parlor'
const payload = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1),
  typ: z.literal('access'),
  iat: z.number(),
  exp: z.number(),
  fresh: z.boolean().default(false),
})

/** RFC 7519 tokens, signed as RFC 7518 3.2 says. */
export function createTokens({ clock, keys }: { clock: Clock; keys: JwtKeys }): Tokens {
  const current = secretKey(keys.current)
  const accepted = [current, ...keys.previous.map(secretKey)]

  return {
    sign(kind, { sub, sid, fresh }, lasts) {
      const now = Math.floor(clock.now() / 1000)
      return new SignJWT({ sid, typ: kind, ...(fresh ? { fresh } : {}) })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(name)
        .setAudience(name)
        .setSubject(sub)
        .setIssuedAt(now)
        .setExpirationTime(now + Math.floor(lasts / 1000))
        .sign(current)
    },
    async verify(token) {
      const claims = payload.safeParse(await verifyWithAny(token, accepted, new Date(clock.now())))
      if (!claims.success) throw new AppError('token_invalid')
      const { sub, sid, fresh, exp } = claims.data
      return { sub, sid, fresh, expires_at: exp * 1000 }
    },
  }
}

const secretKey = (secret: string): KeyObject => createSecretKey(Buffer.from(secret))

async function verifyWithAny(token: string, keys: readonly KeyObject[], currentDate: Date): Promise<unknown> {
  let cause: unknown
  for (const key of keys) {
    try {
      const verified = await jwtVerify(token, key, { algorithms: ['HS256'], issuer: name, audience: name, currentDate })
      return verified.payload
    } catch (error) {
      // The signature is checked before the time is: whoever is told "expired" held a genuine token.
      if (error instanceof jose.JWTExpired && error.payload['typ'] === 'access') throw new AppError('token_expired')
      cause = error
      if (!(error instanceof jose.JWSSignatureVerificationFailed)) break
    }
  }
  throw new AppError('token_invalid', { cause })
}
