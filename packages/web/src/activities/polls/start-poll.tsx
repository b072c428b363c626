import * as limits from '@parlor/client/limits'
import { useState } from 'preact/hooks'
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
  const create = useTask(async () => {
    const minutes = closings[closing]
    const closes_at = minutes === null ? null : new Date(Date.now() + minutes * 60_000).toISOString()
    await polls.create({ question, options: given, multiple, anonymous, closes_at })
    onClose()
  })
  const submit = () => {
    setTried(true)
    if (fault === null) void create.run()
  }
  const change = (place: number, text: string) => setOptions(options.map((each, at) => (at === place ? text : each)))
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
        <div class="stack">
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
                    onClick={() => setOptions(options.filter((_, at) => at !== place))}
                  />
                )
              }
            />
          ))}
          {options.length < limits.poll_options && (
            <Button look="quiet" onClick={() => setOptions([...options, ''])}>
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
