/**
 * The arrow keys move the focus between the rows of the column and the field above them (rule SH10). A row that is not in view
 * is scrolled to by the browser.
 */
export function stepBetween(event: KeyboardEvent, column: HTMLElement | null): void {
  const { key, target, altKey, ctrlKey, metaKey, shiftKey } = event
  if ((key !== 'ArrowDown' && key !== 'ArrowUp') || altKey || ctrlKey || metaKey || shiftKey || !column) return
  const stops = [...column.querySelectorAll<HTMLElement>('.rooms-filter > input, .room-row')]
  const at = stops.findIndex((stop) => stop === target)
  const next = at < 0 ? undefined : stops[key === 'ArrowDown' ? at + 1 : at - 1]
  if (!next) return
  event.preventDefault()
  next.focus()
}
