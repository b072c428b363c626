/** Not among the icons that every page loads. */
export function PlayIcon({ playing }: { playing: boolean }) {
  return (
    <svg class="play-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={playing ? 'M7 5h3.5v14H7zM13.5 5H17v14h-3.5z' : 'M8 5l11.5 7L8 19z'} />
    </svg>
  )
}
