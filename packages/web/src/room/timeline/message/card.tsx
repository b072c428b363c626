import type { Message, Room, TimelineItem } from '@parlor/client'
import { useEffect, useState } from 'preact/hooks'
import type { Activity, ActivityParts } from '../../../activities/activity.ts'
import { MessageText } from './message-text.tsx'

/** The text of a message, or what an activity shows in its place (rule ACT7). */
export function Card({
  message,
  room,
  others,
  text,
}: {
  message: TimelineItem['message']
  room: Room
  others: readonly Activity[]
  text: string
}) {
  const said = <MessageText text={text} />
  if (message.id === null) return said
  const activity = others.find(({ hasCard }) => hasCard?.(message))
  return activity ? <Shown activity={activity} message={message} room={room} said={said} /> : said
}

type Props = { activity: Activity; message: Message; room: Room; said: ReturnType<typeof MessageText> }

function Shown({ activity, message, room, said }: Props) {
  const [parts, setParts] = useState<ActivityParts | null>(null)
  useEffect(() => {
    let left = false
    // The text says the same, so a failure is not shown.
    activity.load().then(
      (loaded) => left || setParts(loaded),
      () => {},
    )
    return () => {
      left = true
    }
  }, [activity])
  const ActivityCard = parts?.Card
  return ActivityCard ? <ActivityCard room={room} message={message} otherwise={said} /> : said
}
