import { text } from '../../config/kinds.ts'
import { optional, type ValuesOf } from '../../config/setting.ts'
import type { ProviderSettings } from './tokens.ts'

/** Settings of the external call providers. */
export const callSettings = {
  twilioAccountSid: optional({
    env: 'TWILIO_ACCOUNT_SID',
    kind: text,
    absent: 'calls without Twilio',
    help: 'With TWILIO_API_KEY and TWILIO_API_SECRET: POST /api/token creates tokens for Twilio Video.',
  }),
  twilioApiKey: optional({
    env: 'TWILIO_API_KEY',
    kind: text,
    absent: 'none',
    help: "The key's SID, which starts with SK.",
  }),
  twilioApiSecret: optional({
    env: 'TWILIO_API_SECRET',
    kind: text,
    absent: 'none',
    help: "The key's secret.",
    isSecret: true,
  }),
  twilioRegion: optional({
    env: 'TWILIO_REGION',
    kind: text,
    absent: "Twilio's own choice",
    help: 'The region of the Twilio key.',
  }),
  livekitApiKey: optional({
    env: 'LIVEKIT_API_KEY',
    kind: text,
    absent: 'calls without LiveKit',
    help: 'With LIVEKIT_API_SECRET: POST /api/token creates tokens for LiveKit.',
  }),
  livekitApiSecret: optional({
    env: 'LIVEKIT_API_SECRET',
    kind: text,
    absent: 'none',
    help: "The key's secret.",
    isSecret: true,
  }),
} as const

/** The names of each provider's settings, for the message that lists missing ones. */
export const providersOf = (values: ValuesOf<typeof callSettings>): ProviderSettings => ({
  twilio: {
    TWILIO_ACCOUNT_SID: values.twilioAccountSid,
    TWILIO_API_KEY: values.twilioApiKey,
    TWILIO_API_SECRET: values.twilioApiSecret,
    TWILIO_REGION: values.twilioRegion,
  },
  livekit: { LIVEKIT_API_KEY: values.livekitApiKey, LIVEKIT_API_SECRET: values.livekitApiSecret },
})
