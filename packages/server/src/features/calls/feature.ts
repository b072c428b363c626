import { defineFeature } from '../feature.ts'
import { identityFeature } from '../identity/feature.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { createCalls } from './calls.ts'
import { callActions, callOption } from './contract.ts'
import { callErrors } from './errors.ts'
import { callSettings, providersOf } from './settings.ts'

export const callsFeature = defineFeature({
  name: 'calls',
  needs: { identity: identityFeature, rooms: roomsFeature },
  actions: callActions,
  roomOptions: [callOption],
  settings: callSettings,
  errors: callErrors,
  create({ clock, config }, { identity, rooms }) {
    const calls = createCalls({
      ...{ clock, identity, rooms },
      secret: config.keys.jwt.current,
      allowsGuests: identity.allowsGuests,
      providers: providersOf(config.of(callSettings)),
    })
    return { api: null, actions: calls.actions }
  },
})
