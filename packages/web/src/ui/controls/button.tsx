import './button.css'
import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'
import { Icon, type IconName } from '../icon.tsx'
import { Spinner } from '../spinner.tsx'

type Look = 'plain' | 'primary' | 'danger' | 'quiet' | 'quiet-danger'
type NativeProps = Omit<ButtonHTMLAttributes, 'children' | 'icon' | 'disabled'>

/** While `busy` it keeps its size and focus, and does nothing. */
export function Button({
  look = 'plain',
  icon,
  busy = false,
  wide = false,
  disabled = false,
  children,
  onClick,
  ...native
}: NativeProps & {
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

/** A button with an icon only; `label` is its accessible name. */
export function IconButton({
  label,
  icon,
  ...native
}: NativeProps & { label: string; icon: IconName; disabled?: boolean }) {
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
  wide = false,
  children,
}: {
  href: string
  look?: Look
  icon?: IconName
  wide?: boolean
  children: ComponentChildren
}) {
  return (
    <a class="button" data-look={look} data-wide={wide || undefined} href={href}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  )
}
