import './notice.css'
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon.tsx'

/** Says that a list is empty, why, and what to do. */
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

/** A notice in the flow of the page. A danger is announced at once. */
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
