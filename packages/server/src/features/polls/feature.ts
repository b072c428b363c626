import { defineFeature } from '../feature.ts'
import { identityFeature } from '../identity/feature.ts'
import { messagesFeature } from '../messages/feature.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { pollBounds } from './bounds.ts'
import { pollActions, pollOption, pollRecord, pollVoteRecord } from './contract.ts'
import { pollErrors } from './errors.ts'
import { closePollJob, settlePollJob, sweepPollsJob } from './jobs.ts'
import { pollRates } from './limits.ts'
import { pollPermissions } from './permissions.ts'
import { createPolls } from './polls.ts'
import { pollProjector } from './store/projector.ts'
import { pollMigrations } from './store/tables.ts'

export const pollsFeature = defineFeature({
  name: 'polls',
  needs: { identity: identityFeature, rooms: roomsFeature, messages: messagesFeature },
  actions: pollActions,
  records: [pollRecord, pollVoteRecord],
  roomOptions: [pollOption],
  errors: pollErrors,
  permissions: pollPermissions,
  bounds: pollBounds,
  rates: pollRates,
  jobs: [closePollJob, settlePollJob, sweepPollsJob],
  migrations: pollMigrations,
  projectors: [pollProjector],
  create: (platform, { identity, rooms }) => createPolls({ ...platform, identity, rooms }),
})
