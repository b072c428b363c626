import { defineFeature } from '../feature.ts'
import { identityFeature } from '../identity/feature.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { createCalls } from './calls.ts'
import { callActions } from './contract.ts'

export const callsFeature = defineFeature({
  name: 'calls',
  needs: { identity: identityFeature, rooms: roomsFeature },
  actions: callActions,
  create({ clock, config }, { identity, rooms }) {
    const calls = createCalls({
      ...{ clock, identity, rooms },
      secret: config.keys.jwt.current,
      allowGuests: config.allowGuests,
      providers: {
        twilio: {
          TWILIO_ACCOUNT_SID: config.twilioAccountSid,
          TWILIO_API_KEY: config.twilioApiKey,
          TWILIO_API_SECRET: config.twilioApiSecret,
          TWILIO_REGION: config.twilioRegion,
        },
        livekit: { LIVEKIT_API_KEY: config.livekitApiKey, LIVEKIT_API_SECRET: config.livekitApiSecret },
      },
    })
    return { api: null, actions: calls.actions }
  },
})
