import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { AppError } from '../../core/error.ts'
import type { providers } from './contract.ts'
import { callErrors } from './errors.ts'

export type Provider = (typeof providers)[number]

/** A provider's settings by name; null: not set. */
export type ProviderSettings = {
  twilio: Readonly<
    Record<'TWILIO_ACCOUNT_SID' | 'TWILIO_API_KEY' | 'TWILIO_API_SECRET' | 'TWILIO_REGION', string | null>
  >
  livekit: Readonly<Record<'LIVEKIT_API_KEY' | 'LIVEKIT_API_SECRET', string | null>>
}

/** The user, the room and the lifetime of a token; times in seconds since 1970. */
export type CallGrant = { identity: string; name: string; room: string; issued: number; expires: number }

/** Rule C5. */
export const parlorToken = ({ identity, name, room, issued, expires }: CallGrant, secret: string): Promise<string> =>
  sign(
    { iss: 'parlor', aud: 'parlor-call', sub: identity, typ: 'call', room, name, iat: issued, exp: expires },
    { alg: 'HS256', typ: 'JWT' },
    secret,
  )

/** An AccessToken as https://www.twilio.com/docs/iam/access-tokens has it. Throws `not_configured`. */
export function twilioToken(ticket: CallGrant, settings: ProviderSettings['twilio']): Promise<string> {
  const { identity, room, issued, expires } = ticket
  const key = valueOf(settings, 'TWILIO_API_KEY')
  const region = settings.TWILIO_REGION
  return sign(
    {
      jti: `${key}-${issued}`,
      iss: key,
      sub: valueOf(settings, 'TWILIO_ACCOUNT_SID'),
      iat: issued,
      exp: expires,
      grants: { identity, video: { room } },
    },
    { alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1', ...(region === null ? {} : { twr: region }) },
    valueOf(settings, 'TWILIO_API_SECRET'),
  )
}

/** As https://docs.livekit.io/home/get-started/authentication has it. Throws `not_configured`. */
export function livekitToken(ticket: CallGrant, settings: ProviderSettings['livekit']): Promise<string> {
  const { identity, name, room, issued, expires } = ticket
  return sign(
    {
      iss: valueOf(settings, 'LIVEKIT_API_KEY'),
      sub: identity,
      name,
      nbf: issued,
      exp: expires,
      video: { room, roomJoin: true },
    },
    { alg: 'HS256', typ: 'JWT' },
    valueOf(settings, 'LIVEKIT_API_SECRET'),
  )
}

/** The requested provider `wanted`, or the default one (rule C4). Throws `not_configured`. */
export function providerFor(wanted: Provider | null, { twilio, livekit }: ProviderSettings): Provider {
  const { TWILIO_REGION: _, ...needed } = twilio
  const rows = [
    { name: 'twilio', missing: missingIn(needed), isTouched: isTouched(twilio) },
    { name: 'livekit', missing: missingIn(livekit), isTouched: isTouched(livekit) },
  ] as const
  const row = rows.find(({ name, isTouched }) => (wanted === null ? isTouched : name === wanted))
  if (!row) return 'parlor'
  if (row.missing.length > 0) throw notConfigured(row.missing)
  return row.name
}

type Settings = Readonly<Record<string, string | null>>

const isTouched = (settings: Settings): boolean => Object.values(settings).some((value) => value !== null)

const missingIn = (settings: Settings): string[] =>
  Object.entries(settings).flatMap(([name, value]) => (value === null ? [name] : []))

function valueOf<Name extends string>(settings: Readonly<Record<Name, string | null>>, name: Name): string {
  const value = settings[name]
  if (value === null) throw notConfigured([name])
  return value
}

const notConfigured = (names: readonly string[]): AppError =>
  new AppError(callErrors.not_configured, { text: `These settings are missing on this server: ${names.join(', ')}` })

const sign = (claims: JWTPayload, header: JWTHeaderParameters, secret: string): Promise<string> =>
  new SignJWT(claims).setProtectedHeader(header).sign(Buffer.from(secret))
