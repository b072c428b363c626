import './button.css'
import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'
import { Icon, type IconName } from '../icon.tsx'
import { Spinner } from '../spinner.tsx'

type Look = 'plain' | 'primary' | 'danger' | 'quiet' | 'quiet-danger'
type Native = Omit<ButtonHTMLAttributes, 'children' | 'icon' | 'disabled'>

/** What a click does. While `busy` it keeps its place and its focus, and does nothing. */
export function Button({
  look = 'plain',
  icon,
  busy = false,
  wide = false,
  disabled = false,
  children,
  onClick,
  ...native
}: Native & {
  look?: Look
  icon?: IconName
  busy?: boolean
  wide?: boolean
  disabled?: boolean
  children: ComponentChildren
}) {
  return (
    <button
      type="button"
      {...native}
      class="button"
      data-look={look}
      data-wide={wide || undefined}
      disabled={disabled}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** A button of one icon; `label` is what it is called. */
export function IconButton({ label, icon, ...native }: Native & { label: string; icon: IconName; disabled?: boolean }) {
  return (
    <button type="button" title={label} {...native} class="icon-button" aria-label={label}>
      <Icon name={icon} />
    </button>
  )
}

/** A link that looks like a button. */
export function ButtonLink({
  href,
  look = 'plain',
  icon,
  children,
}: {
  href: string
  look?: Look
  icon?: IconName
  children: ComponentChildren
}) {
  return (
    <a class="button" data-look={look} href={href}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  )
}
