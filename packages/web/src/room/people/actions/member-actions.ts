import { may, mayRemove, type RoomRole } from '@parlor/client/permissions'

/** What a member can do to another. */
export type MemberAction = 'make_cohost' | 'make_member' | 'make_host' | 'remove' | 'ban' | 'send_out'

/** The actions that `role` may take on somebody with the role `other`, in the order of the menu. */
export function memberActions(role: RoomRole, other: RoomRole): readonly MemberAction[] {
  const actions: MemberAction[] = []
  if (may(role, 'roles')) {
    if (other === 'cohost') actions.push('make_member')
    else if (other !== 'host' && other !== 'guest_host') actions.push('make_cohost')
    actions.push('make_host')
  }
  if (!mayRemove(role, other)) return actions
  if (may(role, 'remove')) actions.push('remove', 'ban')
  else if (other !== 'sent_out') actions.push('send_out')
  return actions
}
