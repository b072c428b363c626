import './switch.css'
import { useId } from 'preact/hooks'
import type { FieldTexts } from './field.tsx'

/** A switch that applies at once; it is not part of a submitted form. */
export function Switch({
  label,
  hint,
  checked,
  onChecked,
  disabled = false,
}: Omit<FieldTexts, 'error'> & { checked: boolean; onChecked: (checked: boolean) => void; disabled?: boolean }) {
  const id = useId()
  return (
    <label class="switch">
      <span class="switch-text">
        <span id={id}>{label}</span>
        {hint !== undefined && (
          <span id={`${id}-hint`} class="field-hint">
            {hint}
          </span>
        )}
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-labelledby={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
    </label>
  )
}
