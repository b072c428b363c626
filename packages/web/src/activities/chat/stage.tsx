import { Conversation } from '../../room/conversation.tsx'
import type { Activity, StageProps } from '../activity.ts'

const none: readonly Activity[] = []

/** The messages, who types, and the composer. */
export function ChatStage({ room, info, me, isShown, invite, others = none }: StageProps) {
  return <Conversation room={room} info={info} me={me} isShown={isShown} invite={invite} others={others} />
}
