import { may, mayChangeRole, mayRemove, type RoomRole, type RoomTarget } from '@parlor/client/permissions'

/** What a member can do to another. */
export type MemberAction = 'make_cohost' | 'make_member' | 'make_host' | 'remove' | 'ban' | 'send_out'

/** The actions that `role` may take on another member, in the order of the menu (rule W5). */
export function memberActions(role: RoomRole, target: RoomTarget): readonly MemberAction[] {
  const actions: MemberAction[] = []
  if (mayChangeRole(role, target)) actions.push(target === 'cohost' ? 'make_member' : 'make_cohost')
  if (may(role, 'roles')) actions.push('make_host')
  if (!mayRemove(role, target)) return actions
  if (may(role, 'remove')) actions.push('remove', 'ban')
  else if (target !== 'sent_out') actions.push('send_out')
  return actions
}
