import './select.css'
import { useId } from 'preact/hooks'
import { type FieldTexts, descriptionProps, Labelled } from './field.tsx'
import { Icon } from '../icon.tsx'

/** A native select. */
export function Select<Value extends string>({
  label,
  hint,
  value,
  options,
  onValue,
  disabled = false,
}: FieldTexts & {
  value: Value
  options: readonly { value: Value; label: string }[]
  onValue: (value: Value) => void
  disabled?: boolean
}) {
  const id = useId()
  return (
    <Labelled id={id} label={label} hint={hint}>
      <select
        {...descriptionProps(id, hint)}
        id={id}
        class="input"
        disabled={disabled}
        value={value}
        onChange={(event) => {
          const chosen = options[event.currentTarget.selectedIndex]
          if (chosen) onValue(chosen.value)
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
      <span class="select-mark">
        <Icon name="M5.5 9.5L12 16l6.5-6.5" />
      </span>
    </Labelled>
  )
}
