import './checks.css'
import { useId } from 'preact/hooks'
import { Description, descriptionProps, type FieldTexts } from './field.tsx'

/** Checkboxes for any number of options; `scrolls`: in a box of its own, for long lists. */
export function Checks<Value extends string>({
  label,
  hint,
  error,
  options,
  checked,
  onChecked,
  scrolls = false,
}: FieldTexts & {
  options: readonly { value: Value; label: string }[]
  checked: readonly Value[]
  onChecked: (checked: readonly Value[]) => void
  scrolls?: boolean
}) {
  const id = useId()
  const change = (value: Value, isChecked: boolean) =>
    onChecked(
      options.map((option) => option.value).filter((each) => (each === value ? isChecked : checked.includes(each))),
    )
  return (
    <fieldset class="field" aria-describedby={descriptionProps(id, hint, error)['aria-describedby']}>
      <legend class="field-label">{label}</legend>
      <div class="checks" data-scrolls={scrolls || undefined}>
        {options.map((option, at) => (
          <label key={option.value} class="check">
            <input
              type="checkbox"
              checked={checked.includes(option.value)}
              aria-invalid={error !== undefined && at === 0 ? true : undefined}
              onChange={(event) => change(option.value, event.currentTarget.checked)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
      <Description id={id} hint={hint} error={error} />
    </fieldset>
  )
}
