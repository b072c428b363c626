import './spinner.css'
/** With a label it is announced to screen readers; without one, its container has to be. */
export function Spinner({ label }: { label?: string }) {
  return label === undefined ? (
    <span class="spinner" aria-hidden="true" />
  ) : (
    <span class="spinner" role="status" aria-label={label} />
  )
}
