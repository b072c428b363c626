// What the page offers to whom. The server decides; this keeps the page from offering what it would refuse.

/** What of a room says who its host is, and what they may; of a room that an older server described the last is absent. */
export type Hosted = {
  owner_id: string | null
  host_id: string | null
  host_rights?: 'all' | 'cohost' | 'order' | 'controls'
}

/** Who stands in for the owner is by the server's table a co-host, one who keeps order, or one who has the controls alone. */
const standIns = { all: 'cohost', cohost: 'cohost', order: 'host', controls: 'guest_host' } as const

/** What someone is by the server's table of permissions: `owner` is whose room it is. */
export function roleIn({ owner_id, host_id, host_rights = 'all' }: Hosted, user_id: string, role: string): string {
  if (user_id === owner_id) return 'owner'
  return user_id === host_id ? standIns[host_rights] : role
}

/** They alone do what lasts: who may come in, who holds an office, closing the room. */
export const isOwner = (role: string): boolean => role === 'owner'

/** Owner and co-hosts: they invite, ban, change the room, and speak where hosts alone do. */
export const isModerator = (role: string): boolean => isOwner(role) || role === 'cohost'

/** They see who waits and let them in; `host` stands in for an owner who is away. */
export const keepsOrder = (role: string): boolean => isModerator(role) || role === 'host'

/** Into a room of invitations alone; every other one lets in by its own address. */
export const mayInvite = (role: string, access: 'public' | 'password' | 'invite'): boolean =>
  isModerator(role) || access !== 'invite'

/** Whether they may remove the other for good, or (who stands in) send them out: nobody the owner or who hosts, and co-hosts only the owner. */
export const mayRemove = (role: string, other: string): boolean =>
  keepsOrder(role) &&
  !isOwner(other) &&
  other !== 'host' &&
  other !== 'guest_host' &&
  (isOwner(role) || other !== 'cohost')
