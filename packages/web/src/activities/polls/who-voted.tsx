import type { PollView as Poll, PollVote } from '@parlor/client/polls'
import { useState } from 'preact/hooks'
import { useApp, useTexts, useTextsOf } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Avatar } from '../../ui/person/avatar.tsx'
import { pollTexts } from './texts.ts'

type Shown = { votes: readonly PollVote[]; next: number | null }

/** Who chose what, read when it is asked for, in the order of the votes. */
export function WhoVoted({ poll: { id, room_id, options } }: { poll: Poll }) {
  const t = useTextsOf(pollTexts)
  const app = useTexts()
  const { parlor } = useApp().session
  const [shown, setShown] = useState<Shown | null>(null)
  const page = useTask(async (after: Shown) => {
    const { items, next_cursor } = await parlor.call('polls.votes', { room_id, poll_id: id, cursor: after.next })
    setShown({ votes: [...after.votes, ...items], next: next_cursor })
  })
  const textOf = (option: string) => options.find((each) => each.id === option)?.text ?? ''
  return (
    <>
      <Button
        look="quiet"
        busy={page.busy && shown === null}
        aria-expanded={shown !== null}
        onClick={() => (shown === null ? void page.run({ votes: [], next: null }) : setShown(null))}
      >
        {t(shown === null ? 'who' : 'who_hide')}
      </Button>
      {page.failure && <Notice tone="danger">{explain(app, page.failure.code)}</Notice>}
      {shown && (
        <div class="who-voted">
          {shown.votes.length === 0 && <p class="soft small">{t('who_none')}</p>}
          <ul>
            {shown.votes.map(({ user, option_ids }) => (
              <li key={user.id}>
                <Avatar person={user} />
                <span>
                  <b dir="auto">{user.name}</b>{' '}
                  <span class="soft" dir="auto">
                    {option_ids.map(textOf).join(', ')}
                  </span>
                </span>
              </li>
            ))}
          </ul>
          {shown.next !== null && (
            <Button look="quiet" busy={page.busy} onClick={() => void page.run(shown)}>
              {t('who_more')}
            </Button>
          )}
        </div>
      )}
    </>
  )
}
