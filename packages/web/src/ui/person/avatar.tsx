import './avatar.css'
import { Picture } from '../picture.tsx'
import { initials } from '../initials.ts'
import { toneOf } from '../tone.ts'

export type Person = { id: string; name: string; avatar_url?: string | null }

/** A person's picture, or their initials on a colour derived from their id. */
export function Avatar({ person, size }: { person: Person; size?: 's' }) {
  return (
    <span class="avatar" data-size={size} data-tone={toneOf(person.id)} aria-hidden="true">
      {initials(person.name)}
      <Picture url={person.avatar_url} />
    </span>
  )
}
