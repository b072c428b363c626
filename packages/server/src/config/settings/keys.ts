import { secrets, text } from '../kinds.ts'
import { optional, setting } from '../setting.ts'

/** Signing keys. */
export const keySettings = {
  secretKey: optional({
    env: 'SECRET_KEY',
    kind: text,
    absent: 'derived from JWT_SECRET_KEY; if that is not set either, created in DATA_DIR, but never in production',
    help: 'Signs invitations and derives the ids of guests who send only a name. At least 32 characters.',
    isSecret: true,
  }),
  secretKeyPrevious: setting({
    env: 'SECRET_KEY_PREVIOUS',
    kind: secrets,
    fallback: [],
    help: 'Earlier values of SECRET_KEY that still verify and decrypt.',
    isSecret: true,
  }),
  jwtSecretKey: optional({
    env: 'JWT_SECRET_KEY',
    kind: text,
    absent: 'derived from SECRET_KEY',
    help: 'Signs access tokens (HS256); services that share it can verify them. At least 32 characters.',
    aliases: [{ env: 'JWT_SECRET' }],
    isSecret: true,
  }),
  jwtSecretKeyPrevious: setting({
    env: 'JWT_SECRET_KEY_PREVIOUS',
    kind: secrets,
    fallback: [],
    help: 'Earlier values of JWT_SECRET_KEY whose tokens are still accepted.',
    isSecret: true,
  }),
} as const
