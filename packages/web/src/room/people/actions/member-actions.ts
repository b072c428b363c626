import { may, mayRemove, type RoomRole } from '@parlor/client/permissions'

/** What one may do about somebody else in a room. */
export type Deed = 'make_cohost' | 'make_member' | 'make_host' | 'remove' | 'ban' | 'send_out'

/** In the order in which the menu shows them; empty for who may do nothing. */
export function deedsFor(role: RoomRole, other: RoomRole): readonly Deed[] {
  const deeds: Deed[] = []
  if (may(role, 'roles')) {
    if (other === 'cohost') deeds.push('make_member')
    else if (other !== 'host' && other !== 'guest_host') deeds.push('make_cohost')
    deeds.push('make_host')
  }
  if (!mayRemove(role, other)) return deeds
  if (may(role, 'remove')) deeds.push('remove', 'ban')
  else if (other !== 'sent_out') deeds.push('send_out')
  return deeds
}
