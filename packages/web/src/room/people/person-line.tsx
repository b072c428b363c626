import './person-line.css'
import type { ComponentChildren } from 'preact'
import { useAllTexts } from '../../app-context.ts'
import { Avatar, type Person } from '../../ui/person/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import type { IconName } from '../../ui/icon.tsx'
import { Menu } from '../../ui/overlays/menu.tsx'
import type { MemberAction } from './actions/member-actions.ts'

const icons: Readonly<Record<MemberAction, IconName>> = {
  make_cohost: 'M12 3.5l7 2.5v5.5c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6z',
  make_member: 'person',
  make_host: 'M4 17.5L3 7.5l5 4 4-6.5 4 6.5 5-4-1 10zM4.5 20.5h15',
  remove: 'sign-out',
  ban: 'lock',
  send_out: 'sign-out',
}

/** A person with their role and a menu of actions. */
export function PersonLine({
  person,
  role,
  isMe = false,
  isOffline = false,
  actions = [],
  onAction = () => {},
  children,
}: {
  person: Person
  role?: string | undefined
  isMe?: boolean
  isOffline?: boolean
  actions?: readonly MemberAction[]
  onAction?: (action: MemberAction) => void
  children?: ComponentChildren
}) {
  const t = useAllTexts()
  return (
    <li class="person" data-away={isOffline || undefined}>
      <Avatar person={person} />
      <span class="person-name">
        <span class="one-line" dir="auto">
          {person.name}
        </span>
        {isMe && <span class="soft small">{t('people.you')}</span>}
      </span>
      <RoleBadge role={role} />
      {children}
      {actions.length > 0 && (
        <Menu
          label={t('people.about', { name: person.name })}
          items={actions.map((action) => ({
            label: t(`member_action.${action}`),
            icon: icons[action],
            danger: action === 'remove' || action === 'ban' || action === 'send_out',
            onSelect: () => onAction(action),
          }))}
        />
      )}
    </li>
  )
}

/** A badge for roles other than member. */
function RoleBadge({ role }: { role: string | undefined }) {
  const t = useAllTexts()
  if (role === 'host' || role === 'cohost') return <Badge tone="accent">{t(`role.${role}`)}</Badge>
  return role === 'guest' || role === 'sent_out' ? <Badge>{t(`role.${role}`)}</Badge> : null
}
