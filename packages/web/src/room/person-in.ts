import type { Person } from '../ui/avatar.tsx'

/** The person that a record of the room names; none if it is of a kind that this page does not know. */
export function personIn(value: unknown): Person[] {
  return isPerson(value) ? [value] : []
}

function isPerson(value: unknown): value is Person {
  if (typeof value !== 'object' || value === null) return false
  return 'id' in value && typeof value.id === 'string' && 'name' in value && typeof value.name === 'string'
}
