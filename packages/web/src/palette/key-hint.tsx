import { isApple } from './keys.ts'

/** Keys as they are printed on the user's keyboard. */
const names: Readonly<Record<string, string>> = { ArrowDown: '↓', ArrowUp: '↑' }
const appleNames: Readonly<Record<string, string>> = { Alt: '⌥', Control: '⌃', Meta: '⌘' }

/** A combination such as `Alt+ArrowDown`, hidden from screen readers, which hear it from `aria-keyshortcuts`. */
export function KeyHint({ keys }: { keys: string }) {
  const apple = isApple()
  return (
    <span class="key-hint" aria-hidden="true">
      {keys.split('+').map((key) => (
        <kbd key={key}>{(apple ? appleNames[key] : undefined) ?? names[key] ?? (key === 'Control' ? 'Ctrl' : key)}</kbd>
      ))}
    </span>
  )
}
