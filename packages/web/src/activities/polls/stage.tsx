import './stage.css'
import type { PollView as Poll } from '@parlor/client/polls'
import { may } from '@parlor/client/permissions'
import { useRef, useState } from 'preact/hooks'
import { useTexts, useTextsOf } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { StageProps } from '../activity.ts'
import { mayAsk } from './may-ask.ts'
import { PollView } from './poll-view.tsx'
import { StartPoll } from './start-poll.tsx'
import { pollTexts } from './texts.ts'
import { useEarlier } from './use-earlier.ts'
import { usePolls } from './use-polls.ts'
import { WhoVoted } from './who-voted.tsx'

/** All polls of the room: the open ones, then those that are closed. */
export function PollsStage({ room, info, me }: StageProps) {
  const t = useTextsOf(pollTexts)
  const { polls, all } = usePolls(room)
  const earlier = useEarlier(room, polls)
  const [asking, setAsking] = useState(false)
  const isAsker = mayAsk(info, me.role)
  const newest = [...all.values()].toSorted((one, other) => other.message_seq - one.message_seq)
  const open = newest.filter(({ closed_at }) => closed_at === null)
  const closed = newest.filter(({ closed_at }) => closed_at !== null)
  const list = useRef<HTMLDivElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const close = async (poll_id: string) => {
    await polls.close(poll_id)
    // The poll moves to the closed ones, and loses the focus. Who is elsewhere by now stays there.
    const { activeElement, body } = document
    if (activeElement === body || list.current?.contains(activeElement)) heading.current?.focus()
  }
  const one = (poll: Poll) => (
    <PollView key={poll.id} poll={poll} onVote={(chosen) => void polls.vote(poll.id, chosen).catch(() => {})}>
      {!poll.anonymous && <WhoVoted poll={poll} />}
      {poll.closed_at === null && (poll.created_by === me.user_id || may(me.role, 'close_poll')) && (
        <ClosePoll onClose={() => close(poll.id)} />
      )}
    </PollView>
  )
  return (
    <div class="polls" ref={list}>
      <header class="polls-head">
        <h2 ref={heading} tabIndex={-1}>
          {t('heading')}
        </h2>
        {isAsker && (
          <Button look="primary" onClick={() => setAsking(true)}>
            {t('new')}
          </Button>
        )}
      </header>
      {open.length > 0 ? (
        open.map(one)
      ) : (
        <div class="polls-none">
          <h3>{t('none')}</h3>
          {isAsker && <p class="soft">{t('none_hint')}</p>}
        </div>
      )}
      {closed.length > 0 && <h3 class="polls-closed">{t('closed_heading')}</h3>}
      {closed.map(one)}
      {earlier.failed && <Notice tone="danger">{t('earlier_failed')}</Notice>}
      {earlier.hasMore && (
        <Button look="quiet" busy={earlier.busy} onClick={earlier.load}>
          {t('earlier')}
        </Button>
      )}
      {asking && <StartPoll room={room} onClose={() => setAsking(false)} />}
    </div>
  )
}

/** Closes a poll after one question, in place. */
function ClosePoll({ onClose }: { onClose: () => Promise<void> }) {
  const t = useTextsOf(pollTexts)
  const app = useTexts()
  const [asked, setAsked] = useState(false)
  const close = useTask(onClose)
  const ask = (event: MouseEvent, isAsked: boolean) => {
    // The pressed button is replaced: the focus stays in its poll.
    if (event.currentTarget instanceof Element) event.currentTarget.closest('fieldset')?.focus()
    setAsked(isAsked)
  }
  if (!asked)
    return (
      <Button look="quiet" onClick={(event) => ask(event, true)}>
        {t('close')}
      </Button>
    )
  return (
    <div class="poll-closing">
      <p class="small">{t('close_what')}</p>
      {close.failure && <Notice tone="danger">{explain(app, close.failure.code)}</Notice>}
      <div class="row">
        <Button look="danger" busy={close.busy} onClick={() => void close.run()}>
          {t('close_confirm')}
        </Button>
        <Button onClick={(event) => ask(event, false)}>{t('cancel')}</Button>
      </div>
    </div>
  )
}
