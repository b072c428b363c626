import * as limits from '@parlor/client/limits'
import { useRef, useState } from 'preact/hooks'
import { useTexts, useTextsOf } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { TextField } from '../../ui/controls/field.tsx'
import { Form } from '../../ui/controls/form.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import type { StartProps } from '../activity.ts'
import { type Attempt, attemptFor } from './attempt.ts'
import { pollTexts } from './texts.ts'
import { usePolls } from './use-polls.ts'

/** Minutes until a poll closes by itself. */
const closings = { never: null, minutes: 10, hour: 60, day: 1440, week: 10_080 } as const
type Closing = keyof typeof closings
const names = ['never', 'minutes', 'hour', 'day', 'week'] as const

/** Asks the room a question. */
export function StartPoll({ room, onClose }: StartProps) {
  const t = useTextsOf(pollTexts)
  const app = useTexts()
  const { polls } = usePolls(room)
  const [question, setQuestion] = useState('')
  const [options, setOptions] = useState<readonly string[]>(['', ''])
  const [multiple, setMultiple] = useState(false)
  const [anonymous, setAnonymous] = useState(false)
  const [closing, setClosing] = useState<Closing>('never')
  const [isTried, setTried] = useState(false)
  const given = options.map((text) => text.trim()).filter((text) => text !== '')
  const fault = faultOf(question, given)
  const attempt = useRef<Attempt | null>(null)
  const create = useTask(async () => {
    const asked = { question, options: given, multiple, anonymous }
    attempt.current = attemptFor(attempt.current, { ...asked, minutes: closings[closing] }, Date.now())
    const { client_id, closes_at } = attempt.current
    await polls.create({ ...asked, client_id, closes_at })
    onClose()
  })
  const submit = () => {
    setTried(true)
    if (fault === null) void create.run()
  }
  const change = (place: number, text: string) => setOptions(options.map((each, at) => (at === place ? text : each)))
  const list = useRef<HTMLDivElement>(null)
  /** A button that goes must not take the focus with it. */
  const focusOption = (place: number) => list.current?.querySelectorAll('input').item(place)?.focus()
  const add = () => {
    if (options.length + 1 === limits.poll_options) focusOption(options.length - 1)
    setOptions([...options, ''])
  }
  const remove = (place: number) => {
    focusOption(Math.max(0, place - 1))
    setOptions(options.filter((_, at) => at !== place))
  }
  return (
    <Dialog title={t('new')} onClose={onClose}>
      <Form onSubmit={submit}>
        <TextField
          label={t('question')}
          value={question}
          maxLength={limits.poll_question}
          autocomplete="off"
          error={isTried && fault === 'question_empty' ? t(fault) : undefined}
          onValue={setQuestion}
        />
        <div class="stack" ref={list}>
          {options.map((text, place) => (
            <TextField
              key={place}
              label={t('option', { count: place + 1 })}
              value={text}
              maxLength={limits.poll_option}
              autocomplete="off"
              error={isTried && place === 0 && fault !== null && fault !== 'question_empty' ? t(fault) : undefined}
              onValue={(next) => change(place, next)}
              end={
                options.length > 2 && (
                  <IconButton
                    label={t('remove_option', { count: place + 1 })}
                    icon="close"
                    onClick={() => remove(place)}
                  />
                )
              }
            />
          ))}
          {options.length < limits.poll_options && (
            <Button look="quiet" onClick={add}>
              {t('add_option')}
            </Button>
          )}
        </div>
        <Switch label={t('multiple')} checked={multiple} onChecked={setMultiple} />
        <Switch label={t('hide_names')} hint={t('hide_names_hint')} checked={anonymous} onChecked={setAnonymous} />
        <Select
          label={t('closes')}
          value={closing}
          options={names.map((value) => ({ value, label: t(`closes_${value}`) }))}
          onValue={setClosing}
        />
        {create.failure && <Notice tone="danger">{explain(app, create.failure.code)}</Notice>}
        <Button type="submit" look="primary" busy={create.busy} wide>
          {t('create')}
        </Button>
      </Form>
    </Dialog>
  )
}

function faultOf(
  question: string,
  options: readonly string[],
): 'question_empty' | 'options_few' | 'options_same' | null {
  if (question.trim() === '') return 'question_empty'
  if (options.length < 2) return 'options_few'
  const folded = new Set(options.map((text) => text.normalize('NFKC').toLowerCase()))
  return folded.size < options.length ? 'options_same' : null
}
