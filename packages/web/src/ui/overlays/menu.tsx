import './menu.css'
import { useId, useRef, useState } from 'preact/hooks'
import { IconButton } from '../controls/button.tsx'
import { Icon, type IconName } from '../icon.tsx'

export type MenuItem = {
  label: string
  icon?: IconName
  danger?: boolean
  disabled?: boolean
  onSelect: () => void
}

/** A button that opens a menu: arrow keys, Home and End move in it, Escape and Tab close it. */
export function Menu({ label, icon = 'more', items }: { label: string; icon?: IconName; items: readonly MenuItem[] }) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  const entries = () => [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? [])]
  return (
    <>
      <IconButton label={label} icon={icon} aria-haspopup="menu" aria-expanded={open} popovertarget={id} />
      <div
        ref={list}
        id={id}
        class="menu"
        role="menu"
        aria-label={label}
        popover="auto"
        onToggle={(event) => {
          const opened = event.newState === 'open'
          setOpen(opened)
          if (opened) entries()[0]?.focus()
        }}
        onBeforeToggle={(event) => {
          if (event.newState === 'open') place(event.currentTarget, id)
        }}
        onKeyDown={(event) => {
          // Closes this menu only, not the panel around it.
          if (event.key === 'Escape') event.stopPropagation()
          // The focus returns to the button and moves on from there.
          if (event.key === 'Tab') event.currentTarget.hidePopover()
          const next = stepTo(event.key, entries())
          if (!next) return
          event.preventDefault()
          next.focus()
        }}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            class="menu-item"
            role="menuitem"
            tabIndex={-1}
            data-danger={item.danger || undefined}
            disabled={item.disabled ?? false}
            onClick={() => {
              list.current?.hidePopover()
              item.onSelect()
            }}
          >
            {item.icon && <Icon name={item.icon} />}
            {item.label}
          </button>
        ))}
      </div>
    </>
  )
}

/** The entry that a key moves the focus to; undefined for other keys. */
function stepTo(key: string, entries: readonly HTMLElement[]): HTMLElement | undefined {
  const at = entries.findIndex((entry) => entry === document.activeElement)
  if (key === 'ArrowDown') return entries[(at + 1) % entries.length]
  if (key === 'ArrowUp') return entries.at(at <= 0 ? -1 : at - 1)
  if (key === 'Home') return entries[0]
  if (key === 'End') return entries.at(-1)
  return undefined
}

/** Places the menu below or above its button, towards the middle of the window. */
function place(list: HTMLElement, id: string): void {
  const button = document.querySelector(`[popovertarget="${CSS.escape(id)}"]`)?.getBoundingClientRect()
  if (!button) return
  const { clientWidth, clientHeight } = document.documentElement
  const isUnder = button.bottom < clientHeight * 0.6
  const isRightOf = button.left < clientWidth * 0.5
  Object.assign(list.style, {
    top: isUnder ? `${button.bottom + 4}px` : 'auto',
    bottom: isUnder ? 'auto' : `${clientHeight - button.top + 4}px`,
    left: isRightOf ? `${Math.max(8, button.left)}px` : 'auto',
    right: isRightOf ? 'auto' : `${Math.max(8, clientWidth - button.right)}px`,
  })
}
