import './field.css'
import type { ComponentChildren, RefObject } from 'preact'
import { useId, useState } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import { IconButton } from './button.tsx'
import { Icon } from '../icon.tsx'

export type FieldTexts = { label: string; hint?: string | undefined; error?: string | undefined }
type NativeProps = {
  name?: string
  autocomplete?: 'off' | 'name' | 'nickname' | 'email' | 'username' | 'current-password' | 'new-password'
  placeholder?: string
  maxLength?: number
  min?: number
  max?: number
  disabled?: boolean
  autocapitalize?: 'none' | 'words' | 'sentences'
  spellcheck?: boolean
  onBlur?: () => void
}

const kinds = {
  text: { type: 'text' },
  email: { type: 'email' },
  password: { type: 'password' },
  number: { type: 'number' },
} as const

/** One line of text, with a label, a hint and an error. */
export function TextField({
  label,
  hint,
  error,
  value,
  onValue,
  type = 'text',
  inputRef,
  end,
  ...native
}: NativeProps &
  FieldTexts & {
    value: string
    onValue: (value: string) => void
    type?: keyof typeof kinds
    inputRef?: RefObject<HTMLInputElement | null>
    /** A button on the field's line. */
    end?: ComponentChildren
  }) {
  const id = useId()
  const t = useTexts()
  const [shown, setShown] = useState(false)
  const isPassword = type === 'password'
  return (
    <Labelled id={id} label={label} hint={hint} error={error} end={end}>
      <input
        {...native}
        {...kinds[isPassword && shown ? 'text' : type]}
        {...descriptionProps(id, hint, error)}
        ref={inputRef ?? null}
        id={id}
        class="input"
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {isPassword && (
        <IconButton
          label={t(shown ? 'ui.hide_password' : 'ui.show_password')}
          icon={shown ? 'eye-off' : 'eye'}
          onClick={() => setShown(!shown)}
        />
      )}
    </Labelled>
  )
}

/** Radio buttons for two to four options. */
export function Choice<Value extends string>({
  label,
  hint,
  value,
  options,
  onValue,
}: FieldTexts & {
  value: Value
  options: readonly { value: Value; label: string }[]
  onValue: (value: Value) => void
}) {
  const id = useId()
  return (
    <fieldset class="field" aria-describedby={hint === undefined ? undefined : `${id}-hint`}>
      <legend class="field-label">{label}</legend>
      <div class="choice-options">
        {options.map((option) => (
          <label key={option.value} class="choice-option">
            <input
              type="radio"
              name={id}
              value={option.value}
              checked={option.value === value}
              onChange={() => onValue(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
      <Description id={id} hint={hint} />
    </fieldset>
  )
}

export function Labelled({
  id,
  label,
  hint,
  error,
  end,
  children,
}: FieldTexts & { id: string; end?: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <div class="field-line">
        <div class="field-box">{children}</div>
        {end}
      </div>
      <Description id={id} hint={hint} error={error} />
    </div>
  )
}

/** What `descriptionProps` points at: the error, or else the hint. */
export function Description({ id, hint, error }: Omit<FieldTexts, 'label'> & { id: string }) {
  if (error === undefined)
    return hint === undefined ? null : (
      <span id={`${id}-hint`} class="field-hint">
        {hint}
      </span>
    )
  return (
    <span id={`${id}-error`} class="field-error" role="alert">
      <Icon name="alert" />
      {error}
    </span>
  )
}

export function descriptionProps(id: string, hint?: string, error?: string) {
  const by = error === undefined ? (hint === undefined ? undefined : `${id}-hint`) : `${id}-error`
  return { 'aria-describedby': by, 'aria-invalid': error === undefined ? undefined : true }
}
