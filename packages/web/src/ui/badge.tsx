import './badge.css'
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon.tsx'

/** A word about what it stands beside. */
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
