import { useEffect } from 'preact/hooks'
import { useTextsOf } from '../../app-context.ts'
import { roomPath } from '../../router.ts'
import type { CardProps } from '../activity.ts'
import { PollView } from './poll-view.tsx'
import { pollTexts } from './texts.ts'
import { usePolls } from './use-polls.ts'

/** A poll in the conversation, in place of the text that says the same. */
export function PollCard({ room, message, otherwise }: CardProps) {
  const t = useTextsOf(pollTexts)
  const { polls, all } = usePolls(room)
  const id = message.poll_id ?? ''
  const poll = all.get(id)
  useEffect(() => {
    // What cannot be loaded is shown as its text.
    if (!poll) polls.load(id).catch(() => false)
  }, [polls, id, poll === undefined])
  if (!poll) return <>{otherwise}</>
  return (
    <PollView poll={poll} onVote={(chosen) => void polls.vote(id, chosen).catch(() => {})}>
      <a class="poll-more small" href={roomPath(room.id, null, { activity: 'polls', panel: null })}>
        {t('open_all')}
      </a>
    </PollView>
  )
}
