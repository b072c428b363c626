import './spinner.css'
/** Something is going on. With a label it says so to screen readers; without one, what it stands in does. */
export function Spinner({ label }: { label?: string }) {
  return label === undefined ? (
    <span class="spinner" aria-hidden="true" />
  ) : (
    <span class="spinner" role="status" aria-label={label} />
  )
}
