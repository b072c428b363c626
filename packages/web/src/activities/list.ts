import type { Activity } from './activity.ts'
import { chat } from './chat/activity.ts'
import { polls } from './polls/activity.ts'

/** Fills the stage while nothing else does, and stands in the panel otherwise (rule ACT3). */
export const ground: Activity = chat

/** All others, in the order in which they are offered. */
export const others: readonly Activity[] = [polls]
