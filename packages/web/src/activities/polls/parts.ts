import type { ActivityParts } from '../activity.ts'
import { PollCard } from './card.tsx'
import { StartPoll } from './start-poll.tsx'
import { PollsStage } from './stage.tsx'

export const parts: ActivityParts = { Stage: PollsStage, Card: PollCard, Start: StartPoll }
