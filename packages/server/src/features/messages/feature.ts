import { defineFeature } from '../feature.ts'
import { identityFeature } from '../identity/feature.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { uploadsFeature } from '../uploads/feature.ts'
import { messageBounds } from './bounds.ts'
import { countedMessages } from './counted.ts'
import { chatOption, messageActions, messageEphemerals, messageSent } from './contract.ts'
import { messageErrors } from './errors.ts'
import { messageSettings } from './settings.ts'
import { messagePermissions } from './permissions.ts'
import { createMessages } from './messages.ts'
import { messageHistory, messageProjector } from './store.ts'
import { messageMigrations } from './tables.ts'
import { messageLimits, messageRates } from './limits.ts'

export const messagesFeature = defineFeature({
  name: 'messages',
  needs: { identity: identityFeature, rooms: roomsFeature, uploads: uploadsFeature },
  actions: messageActions,
  roomOptions: [chatOption],
  rates: messageRates,
  limits: messageLimits,
  settings: messageSettings,
  errors: messageErrors,
  bounds: messageBounds,
  permissions: messagePermissions,
  events: [messageSent],
  ephemerals: messageEphemerals,
  migrations: messageMigrations,
  projectors: [messageProjector],
  forEngine: { history: messageHistory },
  create(platform, { identity, rooms, uploads }) {
    const { lobby } = rooms
    const { maxInlineBytes } = platform.config.of(messageSettings)
    const { bound } = platform.config.limits
    const underWay = { ofAddress: bound(messageLimits.inlineOfAddress), ofAll: bound(messageLimits.inlineAtOnce) }
    const { actions, inline } = createMessages({ ...platform, identity, rooms, uploads, maxInlineBytes, underWay })
    return {
      ...{ api: { inline, countedMessages }, actions },
      forDoors: { lobby: () => (rooms.hasLobby() ? { room: lobby, event: messageSent.wire(lobby.kind) } : null) },
    }
  },
})
