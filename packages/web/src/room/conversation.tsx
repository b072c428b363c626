import type { Room, RoomInfo, TimelineItem } from '@parlor/client'
import { may, type RoomRole } from '@parlor/client/permissions'
import { useState } from 'preact/hooks'
import type { Activity, Invite } from '../activities/activity.ts'
import { useApp, useTexts } from '../app-context.ts'
import { Loaded } from '../pages/loaded.tsx'
import type { Carry } from './attach/carry.ts'
import { Composer } from './composer/composer.tsx'
import { Beginning } from './empty/beginning.tsx'
import { useStoreByFrame } from '../use-store.ts'
import { ActivityLine } from './activity/activity-line.tsx'
import { TabTitle } from './activity/tab-title.tsx'
import { Timeline } from './timeline/timeline.tsx'
import { countUnseen, useReading } from './timeline/reading/use-reading.ts'
import { useArrivals } from './activity/use-arrivals.ts'

type Props = {
  room: Room
  info: RoomInfo
  me: { user_id: string; role: RoomRole }
  /** False: something else fills the stage and the panel, so nothing is read. */
  isShown: boolean
  /** Null: the user may not invite. */
  invite: Invite | null
  /** The activities of the room besides the conversation. */
  others: readonly Activity[]
}

/** The messages, who types, and the composer. */
export function Conversation({ room, info, me, isShown, invite, others }: Props) {
  const window = useStoreByFrame(room.messages)
  const typing = useStoreByFrame(room.typing)
  const arrival = useArrivals(room, me.user_id)
  // Nothing counts as seen until the timeline has scrolled to where the reader stopped.
  const [following, setFollowing] = useState(false)
  const [replyTo, setReplyTo] = useState<TimelineItem | null>(null)
  const isMember = info.kind !== 'lobby'
  const { reading, isKnown, markUnread } = useReading(room, isMember, window, following && isShown)
  const closed = useWhyClosed(info, me.role)
  const { language } = useApp().texts
  const [starting, setStarting] = useState<Activity | null>(null)
  const starters = others.flatMap((activity) =>
    activity.start?.isOffered(info, me.role)
      ? [{ label: activity.start.label[language], icon: activity.icon, onSelect: () => setStarting(activity) }]
      : [],
  )
  const send = (text: string, carry: Carry | null) => {
    // Shows the newest messages, which the new one follows. It is sent even if they cannot be loaded.
    if (window.hasNewer) room.messages.jumpToLatest().catch(() => {})
    const sendIt = carry?.send ?? room.send
    sendIt(text, replyTo?.message.id ? { reply_to: replyTo.message.id } : {}).stored.catch(() => {
      // The timeline shows at the message that it failed, and why.
    })
    setReplyTo(null)
  }
  return (
    <>
      <TabTitle room={room} name={info.name} seen={reading.seen} own_id={me.user_id} />
      <Timeline
        room={room}
        others={others}
        window={window}
        unseen={countUnseen(window, reading.seen, me.user_id)}
        own_id={me.user_id}
        readTo={reading.unreadAfter}
        isPlaced={isKnown}
        mayReply={closed === null}
        onReply={setReplyTo}
        onMarkUnread={markUnread}
        onFollowing={setFollowing}
        beginning={<Beginning info={info} role={me.role} isEmpty={window.items.length === 0} invite={invite} />}
      />
      <ActivityLine typing={typing} arrival={arrival} />
      <Composer
        room={room}
        user_id={me.user_id}
        closed={closed}
        replyTo={replyTo}
        onReplyTo={setReplyTo}
        onSend={send}
        onTyping={(isTyping) => room.setTyping(isTyping)}
        starters={starters}
      />
      {starting && (
        <Loaded load={starting.load} inline onClose={() => setStarting(null)}>
          {({ Start }) => Start && <Start room={room} onClose={() => setStarting(null)} />}
        </Loaded>
      )}
    </>
  )
}

/** Why the user cannot post in the room; null if they can. */
function useWhyClosed({ capabilities, settings }: RoomInfo, role: RoomRole): string | null {
  const t = useTexts()
  if (!capabilities.chat || settings.chat === 'off') return t('composer.chat_off')
  return settings.chat === 'host' && !may(role, 'speak') ? t('composer.chat_hosts') : null
}
