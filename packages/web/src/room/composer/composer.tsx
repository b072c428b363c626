import './composer.css'
import type { TimelineItem } from '@parlor/client'
import * as limits from '@parlor/client/limits'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import { beginningOf } from '../../texts/graphemes.ts'
import { Icon } from '../../ui/icon.tsx'
import { useMedia } from '../../ui/use-media.ts'
import { saidIn } from '../timeline/message/said.ts'
import { useDraft } from './draft.ts'

const limit = limits.message_text
/** From this length on, the number of characters left is shown. */
const tellsFrom = limit - 1000

type Props = {
  room_id: string
  /** The user who writes. */
  user_id: string
  /** Why the user cannot post here; null if they can. */
  closed: string | null
  replyTo: TimelineItem | null
  onReplyTo: (item: TimelineItem | null) => void
  onSend: (text: string) => void
  /** Called on every change of the text. */
  onTyping: (typing: boolean) => void
}

export function Composer({ room_id, user_id, closed, replyTo, onReplyTo, onSend, onTyping }: Props) {
  const t = useTexts()
  const [text, setText] = useDraft(room_id, user_id)
  const field = useRef<HTMLTextAreaElement>(null)
  const isTouch = useMedia('(pointer: coarse)')
  useHeight(field, text)
  useEffect(() => {
    if (replyTo) field.current?.focus()
  }, [replyTo])
  useEffect(() => {
    if (!isTouch) field.current?.focus({ preventScroll: true })
  }, [])

  useEffect(() => {
    if (closed !== null) onTyping(false)
  }, [closed !== null])

  const isTooLong = text.length > limit
  const maySend = closed === null && text.trim() !== '' && !isTooLong
  const send = () => {
    if (!maySend) return
    onSend(text)
    setText('')
    onTyping(false)
    field.current?.focus()
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <p class="composer-closed" role="status">
        {text !== '' && closed}
      </p>
      {replyTo && <ReplyingTo item={replyTo} onCancel={() => onReplyTo(null)} />}
      <div class="composer-box" data-closed={closed !== null || undefined}>
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

function ReplyingTo({ item: { message }, onCancel }: { item: TimelineItem; onCancel: () => void }) {
  const t = useTexts()
  return (
    <div class="replying">
      <Icon name="reply" />
      <span class="one-line">
        <span class="soft">{t('composer.replying', { name: message.sender.name })}</span>{' '}
        <span dir="auto">{beginningOf(saidIn(message), 200)}</span>
      </span>
      <IconButton label={t('composer.cancel_reply')} icon="close" onClick={onCancel} />
    </div>
  )
}

/** Lets the field grow with its text, up to the style sheet's maximum, in browsers without `field-sizing`. */
function useHeight(field: { current: HTMLTextAreaElement | null }, text: string): void {
  useLayoutEffect(() => {
    if (!field.current || CSS.supports('field-sizing', 'content')) return
    field.current.style.height = 'auto'
    field.current.style.height = `${field.current.scrollHeight}px`
  }, [text])
}
