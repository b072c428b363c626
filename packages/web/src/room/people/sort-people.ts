import type { Person } from '../../ui/person/avatar.tsx'

const offices = ['host', 'cohost']

/** The user first, then host and co-hosts, then all others by name. */
export function sortPeople(people: readonly Person[], roles: ReadonlyMap<string, string>, me: string): Person[] {
  const rank = ({ id }: Person): number => {
    if (id === me) return -1
    const office = offices.indexOf(roles.get(id) ?? '')
    return office === -1 ? offices.length : office
  }
  return people.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}
