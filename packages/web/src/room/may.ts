// What the page offers to whom. The server decides; this keeps the page from offering what it would refuse.

/** What someone is by the server's table of permissions: `owner` is whose room it is, a host beside them stands in. */
export const roleIn = (owner_id: string | null, user_id: string, role: string): string =>
  user_id === owner_id ? 'owner' : role

/** They alone do what lasts: who may come in, who holds an office, closing the room. */
export const isOwner = (role: string): boolean => role === 'owner'

export const isHost = (role: string): boolean => isOwner(role) || role === 'host'

/** Hosts and co-hosts: they invite, admit, remove, and change the room. */
export const isModerator = (role: string): boolean => isHost(role) || role === 'cohost'

/** Into a room of invitations alone; every other one lets in by its own address. */
export const mayInvite = (role: string, access: 'public' | 'password' | 'invite'): boolean =>
  isModerator(role) || access !== 'invite'

/** Nobody removes the host or the owner, and a co-host only who has no office. */
export const mayRemove = (role: string, other: string): boolean =>
  isModerator(role) && !isHost(other) && (isHost(role) || !isModerator(other))
