import { Conversation } from '../../room/conversation.tsx'
import type { StageProps } from '../activity.ts'

/** The messages, who types, and the composer. */
export function ChatStage({ room, info, me, isShown, invite }: StageProps) {
  return <Conversation room={room} info={info} me={me} isShown={isShown} invite={invite} />
}
