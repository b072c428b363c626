import { hkdfSync } from 'node:crypto'
import { ConfigError } from './config-error.ts'
import type { Values } from './settings/settings.ts'

/** The current key, and earlier ones, newest first, that still verify and decrypt. */
export type Key = { readonly current: string; readonly previous: readonly string[] }
/** `secret` signs links and encrypts; `jwt` signs access tokens. */
export type Keys = { readonly secret: Key; readonly jwt: Key }

type Secrets = Pick<Values, 'env' | 'secretKey' | 'secretKeyPrevious' | 'jwtSecretKey' | 'jwtSecretKeyPrevious'>

/**
 * A missing key is derived from the other; if both are missing, from `developmentSecret`, but not in production.
 * Production refuses weak keys; other profiles only warn.
 */
export function readKeys(values: Secrets, developmentSecret: () => string, warn: (text: string) => void): Keys {
  refuseWeak(values, warn)
  let { secretKey } = values
  if (secretKey === null && values.jwtSecretKey === null) {
    if (values.env === 'production')
      throw new ConfigError(
        'SECRET_KEY is not set, and production requires it: set it to at least 32 random characters, for example from `openssl rand -base64 48`.',
      )
    secretKey = developmentSecret()
  }
  const secret = { current: secretKey, previous: values.secretKeyPrevious }
  const jwt = { current: values.jwtSecretKey, previous: values.jwtSecretKeyPrevious }
  return { secret: keyOr(secret, jwt, 'parlor:secret'), jwt: keyOr(jwt, secret, 'parlor:jwt') }
}

type Given = { current: string | null; previous: readonly string[] }

/** The given key, or one derived from the other; then earlier values of the other give derived keys too. */
function keyOr(given: Given, other: Given, purpose: string): Key {
  if (given.current !== null) return { current: given.current, previous: given.previous }
  if (other.current === null) throw new ConfigError('SECRET_KEY or JWT_SECRET_KEY must be set.')
  const derive = (key: string) => derivedKey(key, purpose)
  return { current: derive(other.current), previous: [...given.previous, ...other.previous.map(derive)] }
}

/** HKDF (RFC 5869) with SHA-256: neither key reveals the other. */
function derivedKey(key: string, purpose: string): string {
  return Buffer.from(hkdfSync('sha256', key, '', purpose, 32)).toString('base64url')
}

function refuseWeak(values: Secrets, warn: (text: string) => void): void {
  const given: [string, string][] = [
    ...(values.secretKey === null ? [] : [['SECRET_KEY', values.secretKey] satisfies [string, string]]),
    ...(values.jwtSecretKey === null ? [] : [['JWT_SECRET_KEY', values.jwtSecretKey] satisfies [string, string]]),
    ...values.secretKeyPrevious.map((key): [string, string] => ['SECRET_KEY_PREVIOUS', key]),
    ...values.jwtSecretKeyPrevious.map((key): [string, string] => ['JWT_SECRET_KEY_PREVIOUS', key]),
  ]
  for (const [name, key] of given) {
    const weakness = weaknessOf(key)
    if (!weakness) continue
    if (values.env === 'production')
      throw new ConfigError(
        `${name} ${weakness}. Whoever guesses it can act as any user, so production requires at least 32 random characters, for example from \`openssl rand -base64 48\`.`,
      )
    warn(`${name} ${weakness}; production refuses it.`)
  }
}

const placeholder =
  /^(your|my|the|some)[-_ ]|change[-_ ]?(me|this|it)|replace[-_ ]?(me|this|it)|placeholder|example|^dev([-_ ]|$)|secret[-_ ]?key|^(secret|password|test|default)([-_ ]|$)/i

function weaknessOf(key: string): string | null {
  if (placeholder.test(key)) return 'is a placeholder from a document'
  if (key.length < 32) return `has ${key.length} characters`
  return new Set(key).size < 8 ? 'repeats a few characters' : null
}
