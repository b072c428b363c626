import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { bytesOfBase64Url } from './text/base64url.ts'

/** The keys of SECRET_KEY: every node of a cluster has the same; earlier ones still verify. */
export type SigningKeys = { readonly current: string; readonly previous: readonly string[] }

/** A keyed hash of the text, the same on every node. */
export type Sign = (text: string) => string

export type Signer = {
  readonly sign: Sign
  /** Whether `sign` made this signature for this text, with the current key or an earlier one. Takes constant time. */
  isSigned(text: string, signature: string): boolean
}

/**
 * Signs texts with HMAC-SHA-256 under a key that is derived from the secret for this purpose alone (HKDF, RFC 5869): what is
 * signed for another purpose is never valid for this one.
 */
export function createSigner({ current, previous }: SigningKeys, purpose: string): Signer {
  const [key, ...earlier] = [current, ...previous].map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)),
  )
  if (!key) throw new Error('There is no key to sign with')
  const keys = [key, ...earlier]
  const hash = (under: Buffer, text: string): Buffer => createHmac('sha256', under).update(text).digest()
  return {
    sign: (text) => hash(key, text).toString('base64url'),
    isSigned(text, signature) {
      const given = bytesOfBase64Url(signature)
      return given?.length === 32 && keys.some((each) => timingSafeEqual(hash(each, text), given))
    },
  }
}
