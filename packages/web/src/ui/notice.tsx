import './notice.css'
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon.tsx'

/** Nothing is here, why, and what to do about it. */
export function EmptyState({
  title,
  children,
  action,
  centered = false,
}: {
  title: string
  children?: ComponentChildren
  action?: ComponentChildren
  centered?: boolean
}) {
  return (
    <div class="empty" data-centered={centered || undefined}>
      <p class="empty-title">{title}</p>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  )
}

/** Something to know before going on. A danger is read out at once. */
export function Notice({
  tone = 'plain',
  icon = tone === 'plain' ? 'info' : 'alert',
  children,
}: {
  tone?: 'plain' | 'warn' | 'danger'
  icon?: IconName
  children: ComponentChildren
}) {
  return (
    <div class="notice" data-tone={tone} role={tone === 'danger' ? 'alert' : undefined}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  )
}
