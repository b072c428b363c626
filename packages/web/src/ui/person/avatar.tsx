import './avatar.css'
import { initials, toneOf } from './initials.ts'

export type Person = { id: string; name: string; avatar_url?: string | null }

/** A person's photo, or their initials on a colour derived from their id. */
export function Avatar({ person, size = 'm' }: { person: Person; size?: 's' | 'm' | 'l' }) {
  return (
    <span class="avatar" data-size={size} data-tone={toneOf(person.id)} aria-hidden="true">
      {person.avatar_url ? (
        <img src={person.avatar_url} alt="" loading="lazy" decoding="async" />
      ) : (
        initials(person.name)
      )}
    </span>
  )
}
