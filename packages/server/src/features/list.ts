import { broadcastsFeature } from './broadcasts/feature.ts'
import { callsFeature } from './calls/feature.ts'
import type { Feature } from './feature.ts'
import { eventsFeature } from './events/feature.ts'
import { feedFeature } from './feed/feature.ts'
import { idempotencyFeature } from './idempotency/feature.ts'
import { identityFeature } from './identity/feature.ts'
import { jobsFeature } from './jobs/feature.ts'
import { messagesFeature } from './messages/feature.ts'
import { notificationsFeature } from './notifications/feature.ts'
import { opsFeature } from './ops/feature.ts'
import { picturesFeature } from './pictures/feature.ts'
import { preferencesFeature } from './preferences/feature.ts'
import { pollsFeature } from './polls/feature.ts'
import { readStateFeature } from './read-state/feature.ts'
import { roomsFeature } from './rooms/feature.ts'
import { serverFeature } from './server/feature.ts'
import { uploadsFeature } from './uploads/feature.ts'
import { upcomingFeature } from './upcoming/feature.ts'

/**
 * Every feature, in order: each may import and need only those before it. The server, the documents, the tests, the wire
 * locks and the import rules are derived from this list.
 */
export const features: readonly Feature<unknown>[] = [
  idempotencyFeature,
  serverFeature,
  identityFeature,
  roomsFeature,
  uploadsFeature,
  picturesFeature,
  messagesFeature,
  pollsFeature,
  feedFeature,
  readStateFeature,
  preferencesFeature,
  broadcastsFeature,
  eventsFeature,
  notificationsFeature,
  jobsFeature,
  callsFeature,
  upcomingFeature,
  opsFeature,
]
