import './poll-view.css'
import type { PollView as Poll } from '@parlor/client/polls'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { useApp, useTexts, useTextsOf } from '../../app-context.ts'
import { explain } from '../../failure.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { pollTexts } from './texts.ts'
import { timeLeft } from './time-left.ts'

type Props = {
  poll: Poll
  /** Votes, or takes the vote back. */
  onVote: (option_ids: readonly string[]) => void
  /** What else can be done with it. */
  children?: ComponentChildren
}

/** A question with its options: votes are inputs, and what they came to is a bar behind each. */
export function PollView({ poll, onVote, children }: Props) {
  const t = useTextsOf(pollTexts)
  const app = useTexts()
  const id = useId()
  const field = useRef<HTMLFieldSetElement>(null)
  const left = useTimeLeft(poll)
  const isOpen = poll.closed_at === null && left !== null
  const most = Math.max(...Object.values(poll.counts))
  const about = [
    isOpen ? t(poll.multiple ? 'several' : 'one') : t('closed'),
    ...(poll.anonymous ? [t('anonymous')] : []),
    t('voters', { count: poll.voter_count }),
    ...(isOpen && left ? [t('open_until', { left })] : []),
  ]
  const choose = (option: string, isChosen: boolean) => {
    if (!poll.multiple) return onVote(isChosen ? [option] : [])
    const others = poll.my_option_ids.filter((each) => each !== option)
    onVote(isChosen ? [...others, option] : others)
  }
  const takeBack = () => {
    // The button goes at once, and must not take the focus with it.
    field.current?.focus()
    onVote([])
  }
  return (
    <fieldset ref={field} class="poll" tabIndex={-1} aria-describedby={`${id}-about`} data-open={isOpen || undefined}>
      <legend class="poll-question" dir="auto">
        {poll.question}
      </legend>
      <p id={`${id}-about`} class="poll-about soft small">
        {about.join(' · ')}
      </p>
      {poll.options.map((option) => (
        <Option
          key={option.id}
          name={id}
          text={option.text}
          count={poll.counts[option.id] ?? 0}
          share={share(poll, option.id)}
          isFirst={!isOpen && most > 0 && poll.counts[option.id] === most}
          isMine={poll.my_option_ids.includes(option.id)}
          type={isOpen ? (poll.multiple ? 'checkbox' : 'radio') : null}
          onChoose={(isChosen) => choose(option.id, isChosen)}
        />
      ))}
      {poll.error && (
        <p class="poll-error small" role="alert">
          <Icon name="alert" />
          {t('refused')} {explain(app, poll.error.code)}
        </p>
      )}
      {(children || (isOpen && poll.my_option_ids.length > 0)) && (
        <div class="row poll-foot">
          {isOpen && poll.my_option_ids.length > 0 && (
            <Button look="quiet" onClick={takeBack}>
              {t('take_back')}
            </Button>
          )}
          {children}
        </div>
      )}
    </fieldset>
  )
}

const share = ({ counts, voter_count }: Poll, option: string): number =>
  voter_count === 0 ? 0 : Math.round(((counts[option] ?? 0) / voter_count) * 100)

type OptionProps = {
  name: string
  text: string
  count: number
  /** Percent of those who voted. */
  share: number
  isFirst: boolean
  isMine: boolean
  /** Null: nobody votes any more. */
  type: 'radio' | 'checkbox' | null
  onChoose: (isChosen: boolean) => void
}

function Option({ name, text, count, share: percent, isFirst, isMine, type, onChoose }: OptionProps) {
  const t = useTextsOf(pollTexts)
  const told = t('share', { count, percent })
  const inside = (
    <>
      <span class="poll-bar" style={{ inlineSize: `${percent}%` }} aria-hidden="true" />
      {type === null ? (
        <span class="poll-mark">
          {isMine && <Icon name="check" />}
          {isMine && <span class="visually-hidden">{t('yours')}</span>}
        </span>
      ) : (
        <input type={type} name={name} checked={isMine} onChange={(event) => onChoose(event.currentTarget.checked)} />
      )}
      <span class="poll-text" dir="auto">
        {text}
      </span>
      <span class="poll-share numbers">{told}</span>
    </>
  )
  return type === null ? (
    <div class="poll-option" data-first={isFirst || undefined} data-mine={isMine || undefined}>
      {inside}
    </div>
  ) : (
    <label class="poll-option" data-mine={isMine || undefined}>
      {inside}
    </label>
  )
}

/** Ms between two looks at the clock. */
const every = 15_000

/** How long the poll is open, in words; '' while nobody knows when it closes, null once its time is over. */
function useTimeLeft({ closed_at, closes_at }: Poll): string | null {
  const { language } = useApp().texts
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (closed_at !== null || closes_at === null) return
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [closed_at, closes_at])
  return closes_at === null ? '' : timeLeft(closes_at, now, language)
}
