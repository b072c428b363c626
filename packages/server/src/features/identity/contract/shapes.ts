import { z } from 'zod'
import { plainText } from '../../../core/contract.ts'
import { pictureAddress } from '../../../core/picture-url.ts'
import { identityBounds } from '../bounds.ts'
import { isPlausibleEmail, passwordFault, usernameFault } from '../accounts/password-rules.ts'
import { personName } from './person.ts'

export const user = z
  .object({
    id: z.string(),
    username: z.string(),
    email: z.string().nullable(),
    guest: z.boolean(),
    admin: z.boolean().describe('Whether the user administers this server.'),
    avatar_url: pictureAddress,
    created_at: z.iso.datetime(),
  })
  .meta({ title: 'User', description: 'The user who is signed in.' })

/** The caller as they see themselves: rule P2. */
export const me = user
  .extend({ external_ids: z.record(z.string(), z.string()) })
  .meta({ title: 'OwnUser', description: 'The caller, with the identities of other services that belong to them.' })

const tokens = {
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.int().describe('Seconds until the access token expires.'),
}
export const signedIn = z.object({ user, ...tokens }).meta({ title: 'SignedIn' })
/** Rule A11. */
export const withDevice = signedIn
  .extend({
    device_token: z
      .string()
      .describe(
        'Send it with the next sign-in from this device, so that password guesses made elsewhere do not lock it out.',
      ),
  })
  .meta({ title: 'SignedInWithDevice' })
const device_token = z
  .string()
  .max(256)
  .nullish()
  .describe('The `device_token` from an earlier sign-in on this device.')
export const done = z.object({ ok: z.literal(true) })
export const revoked = done.extend({ revoked: z.int().describe('How many sessions have ended.') })

/** Rule A2. */
const emailText = plainText(identityBounds.email.value, { trim: true })
export const email = emailText.refine(isPlausibleEmail, 'This is not an e-mail address').meta({ format: 'email' })
/** A new password as the documents describe it; `passwordFault` checks it together with the name (rule A3). */
export const newPassword = z
  .string()
  .meta({ minLength: identityBounds.password_min.value, maxLength: identityBounds.password.value })
/** A password to compare: one stored under earlier rules must be accepted here. */
export const givenPassword = z.string().min(1, 'This must not be empty').max(1024, 'This is too long')

/** Where accounts need an invitation (rule AD5). */
const invite = z
  .object({ room_id: plainText(128), code: z.string().max(128) })
  .nullish()
  .describe('The room and the code of an invite link, where only invited people may make an account.')

/** Rules A2 and A3, wherever an account is made. */
export function checkAccount(
  given: { email: string; password: string; username: string },
  check: z.RefinementCtx,
): void {
  const faults = { password: passwordFault(given.password, given), username: usernameFault(given.username) }
  for (const [field, message] of Object.entries(faults)) {
    if (message) check.addIssue({ code: 'custom', path: [field], message })
  }
}

/** Tokens of routes that give no refresh token last longer (rule T4); the path decides, and tells the handler. */
const lasting = (door: 'hour' | 'half_day') => {
  const credentials = z.object({ email: emailText, password: givenPassword, device_token })
  const account = z
    .object({ email, password: newPassword, username: personName, device_token, invite })
    .superRefine(checkAccount)
  return {
    login: credentials.transform((given) => ({ ...given, lasts: door })),
    register: account.transform((given) => ({ ...given, lasts: door })),
  }
}
export const hour = lasting('hour')
export const halfDay = lasting('half_day')
