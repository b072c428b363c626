import './person-line.css'
import type { ComponentChildren } from 'preact'
import { useTexts } from '../../app-context.ts'
import { Avatar, type Person } from '../../ui/person/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import type { IconName } from '../../ui/icon.tsx'
import { Menu } from '../../ui/overlays/menu.tsx'
import type { Deed } from './actions/member-actions.ts'

const icons: Readonly<Record<Deed, IconName>> = {
  make_cohost: 'shield',
  make_member: 'person',
  make_host: 'crown',
  remove: 'sign-out',
  ban: 'lock',
  send_out: 'sign-out',
}

/** A person, their office, and what one may do about them. */
export function PersonLine({
  person,
  role,
  isMe = false,
  isAway = false,
  deeds = [],
  onDeed = () => {},
  children,
}: {
  person: Person
  role?: string | undefined
  isMe?: boolean
  isAway?: boolean
  deeds?: readonly Deed[]
  onDeed?: (deed: Deed) => void
  children?: ComponentChildren
}) {
  const t = useTexts()
  return (
    <li class="person" data-away={isAway || undefined}>
      <Avatar person={person} />
      <span class="person-name">
        <span class="one-line" dir="auto">
          {person.name}
        </span>
        {isMe && <span class="soft small">{t('people.you')}</span>}
      </span>
      <RoleBadge role={role} />
      {children}
      {deeds.length > 0 && (
        <Menu
          label={t('people.about', { name: person.name })}
          items={deeds.map((deed) => ({
            label: t(`deed.${deed}`),
            icon: icons[deed],
            danger: deed === 'remove' || deed === 'ban' || deed === 'send_out',
            onSelect: () => onDeed(deed),
          }))}
        />
      )}
    </li>
  )
}

/** An office, where there is one: everybody is a member. */
function RoleBadge({ role }: { role: string | undefined }) {
  const t = useTexts()
  if (role === 'host' || role === 'cohost') return <Badge tone="accent">{t(`role.${role}`)}</Badge>
  return role === 'guest' || role === 'sent_out' ? <Badge>{t(`role.${role}`)}</Badge> : null
}
