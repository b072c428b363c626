import './badge.css'
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon.tsx'

/** A short label beside a name. */
export function Badge({
  tone = 'plain',
  icon,
  children,
}: {
  tone?: 'plain' | 'accent' | 'ok' | 'warn' | 'danger'
  icon?: IconName
  children: ComponentChildren
}) {
  return (
    <span class="badge" data-tone={tone}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  )
}
