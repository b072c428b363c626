import './arches.css'

/** Three doors in hues of rooms, above what says that there are none yet. */
export function Arches() {
  return (
    <svg class="arches" viewBox="0 0 92 40" aria-hidden="true" focusable="false">
      <path class="arches-1" d="M4 40V22a12 12 0 0 1 24 0v18z" />
      <path class="arches-2" d="M32 40V18a14 14 0 0 1 28 0v22z" />
      <path class="arches-3" d="M64 40V22a12 12 0 0 1 24 0v18z" />
      <path class="arches-door" d="M39 40V20a7 7 0 0 1 14 0v20z" />
    </svg>
  )
}
