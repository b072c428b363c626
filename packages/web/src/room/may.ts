// What the page offers to whom. The server decides; this keeps the page from offering what it would refuse.

export const isHost = (role: string): boolean => role === 'host'

/** Hosts and co-hosts: they invite, admit, remove, and change the room. */
export const isModerator = (role: string): boolean => role === 'host' || role === 'cohost'

/** A host may remove everyone else, a co-host only who has no office. */
export const mayRemove = (role: string, other: string): boolean =>
  isHost(role) || (role === 'cohost' && !isModerator(other))
