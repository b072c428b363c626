import './mark.css'
/** Parlor's logo: a door under an arch. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="mark-arch" d="M5 29V14a11 11 0 0 1 22 0v15z" />
      <path class="mark-door" d="M10.5 29V14.5a5.5 5.5 0 0 1 11 0V29z" />
      <circle class="mark-arch" cx="18.5" cy="21" r="1.5" />
    </svg>
  )
}
