import './composer.css'
import type { Room, TimelineItem } from '@parlor/client'
import * as limits from '@parlor/client/limits'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import { Loaded } from '../../pages/loaded.tsx'
import { IconButton } from '../../ui/controls/button.tsx'
import { useMedia } from '../../ui/use-media.ts'
import type { Carry } from '../attach/carry.ts'
import { useDraft } from './draft.ts'
import { type Starter, Tools } from './tools.tsx'

const limit = limits.message_text
/** From this length on, the number of characters left is shown. */
const tellsFrom = limit - 1000
/** Ms after which what stands beside the field is loaded at the latest (rule W7). */
const extrasAfter = 5_000
const none: readonly File[] = []
const loadExtras = () => import('./extras.tsx')

type Props = {
  room: Room
  /** The user who writes. */
  user_id: string
  /** Why the user cannot post here; null if they can. */
  closed: string | null
  replyTo: TimelineItem | null
  onReplyTo: (item: TimelineItem | null) => void
  /** `carry`: with the files that were added. */
  onSend: (text: string, carry: Carry | null) => void
  /** Called on every change of the text. */
  onTyping: (typing: boolean) => void
  /** What can be begun from here besides a message. */
  starters: readonly Starter[]
}

export function Composer({ room, user_id, closed, replyTo, onReplyTo, onSend, onTyping, starters }: Props) {
  const t = useTexts()
  const [text, setText] = useDraft(room.id, user_id)
  const [carry, setCarry] = useState<Carry | null>(null)
  const [isLater, setLater] = useState(false)
  const [chosen, setChosen] = useState<readonly File[]>(none)
  const [isRecording, setRecording] = useState(false)
  const taken = useCallback(() => setChosen(none), [])
  const field = useRef<HTMLTextAreaElement>(null)
  const isTouch = useMedia('(pointer: coarse)')
  useHeight(field, text)
  useEffect(() => {
    if (replyTo) field.current?.focus()
  }, [replyTo])
  useEffect(() => {
    if (!isTouch) field.current?.focus({ preventScroll: true })
    const timer = setTimeout(setLater, extrasAfter, true)
    return () => clearTimeout(timer)
  }, [])

  useEffect(() => {
    if (closed !== null) onTyping(false)
  }, [closed !== null])

  const isAwaited = isRecording || chosen.length > 0 || replyTo !== null
  const isTooLong = text.length > limit
  const hasContent = carry ? carry.isReady : text.trim() !== ''
  const maySend = closed === null && hasContent && !isTooLong
  const send = () => {
    if (!maySend) return
    onSend(text, carry)
    setText('')
    onTyping(false)
    field.current?.focus()
  }
  return (
    <form
      class="composer"
      onPointerEnter={() => setLater(true)}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <p class="composer-closed" role="status">
        {text !== '' && closed}
      </p>
      <div class="composer-box" data-closed={closed !== null || undefined}>
        {(isLater || isAwaited) && (
          // While nobody waits for it, it is loaded unseen.
          <Loaded load={loadExtras} inline {...(!isAwaited && { waiting: null })}>
            {({ Extras }) => (
              <Extras
                room={room}
                user_id={user_id}
                isOpen={closed === null}
                onCarry={setCarry}
                replyTo={replyTo}
                onReplyTo={onReplyTo}
                chosen={chosen}
                onTaken={taken}
                isRecording={isRecording}
                onRecording={setRecording}
              />
            )}
          </Loaded>
        )}
        {closed === null && !isRecording && (
          <Tools onFiles={setChosen} onRecord={() => setRecording(true)} starters={starters} />
        )}
        <textarea
          ref={field}
          id="composer"
          rows={1}
          dir="auto"
          aria-label={t('composer.label')}
          aria-describedby="composer-left"
          aria-invalid={isTooLong || undefined}
          placeholder={closed ?? t('composer.placeholder')}
          readOnly={closed !== null}
          enterkeyhint={isTouch ? 'enter' : 'send'}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value)
            onTyping(currentTarget.value.trim() !== '')
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && replyTo) {
              event.stopPropagation()
              onReplyTo(null)
            }
            if (event.key !== 'Enter' || event.shiftKey || isComposing(event) || isTouch) return
            event.preventDefault()
            send()
          }}
        />
        <IconButton
          type="submit"
          label={t('composer.send')}
          icon="send"
          disabled={!maySend}
          // The field keeps the focus, so a phone keeps its keyboard open.
          onPointerDown={(event) => event.preventDefault()}
        />
      </div>
      <p id="composer-left" class="composer-left numbers" data-over={isTooLong || undefined} aria-live="polite">
        {isTooLong
          ? t('composer.too_long', { count: text.length - limit })
          : text.length > tellsFrom && t('composer.left', { count: limit - text.length })}
      </p>
    </form>
  )
}

/**
 * Whether Enter accepts a word of an input method. Safari ends the composition before it reports that key, whose code
 * is then 229, that of keys which an input method handles (UI Events, section 7.3).
 */
const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229

/** Lets the field grow with its text, up to the style sheet's maximum, in browsers without `field-sizing`. */
function useHeight(field: { current: HTMLTextAreaElement | null }, text: string): void {
  useLayoutEffect(() => {
    if (!field.current || CSS.supports('field-sizing', 'content')) return
    field.current.style.height = 'auto'
    field.current.style.height = `${field.current.scrollHeight}px`
  }, [text])
}
