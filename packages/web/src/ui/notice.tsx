import './notice.css'
import type { ComponentChildren } from 'preact'
import { Arches } from './arches.tsx'
import { Icon, type IconName } from './icon.tsx'

/** Says that a list is empty, and what will be in it. */
export function EmptyState({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <Arches />
      <p class="empty-title">{title}</p>
      <p>{children}</p>
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
