/** Arrow keys, Home and End move the focus between messages. Returns whether the key was one of them. */
export function moveFocus(list: HTMLElement, key: string): boolean {
  const messages = [...list.querySelectorAll<HTMLElement>('[data-message]')]
  const at = messages.findIndex((message) => message === document.activeElement)
  const next = messages[placeAfter(key, at, messages.length)]
  if (!next) return false
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'nearest' })
  return true
}

function placeAfter(key: string, at: number, count: number): number {
  if (key === 'ArrowUp') return at === -1 ? count - 1 : Math.max(0, at - 1)
  if (key === 'ArrowDown') return at === -1 ? -1 : Math.min(count - 1, at + 1)
  if (at === -1) return -1
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : -1
}
