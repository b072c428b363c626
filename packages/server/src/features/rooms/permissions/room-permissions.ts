import {
  definePermissions,
  hasPermission,
  members,
  moderators,
  moderatorsAndStandIns,
  type Role,
  type Target,
} from './permissions.ts'

/** For changes that would last after the owner's return (rule HO5). */
const owner = ['owner'] as const

/** Permissions of rooms, and those for what a room's setting leaves to hosts in other features. */
export const roomPermissions = definePermissions({
  read_public: { text: 'Read a public room and its messages', who: [...members, 'non_member', 'anonymous'] },
  read_private: { text: 'Read a private room: its settings, messages, members and shared state', who: members },
  join: { text: 'Join, if the room allows it', who: [...members, 'non_member'] },
  leave: { text: 'Leave', who: [...members, 'sent_out'] },
  settings: {
    text: 'Change the name, picture, capabilities, settings, capacity, lock and waiting room',
    who: moderators,
  },
  privacy: { text: 'Change who may come in: privacy and password', who: owner },
  invite: { text: 'Make, list and revoke invitations', who: moderators },
  controls: {
    text: 'Use the controls (playback, calls, board) where a setting allows only hosts',
    who: [...moderatorsAndStandIns, 'guest_host'],
  },
  speak: { text: 'Use anything else that a setting allows only for hosts', who: moderators },
  admit: { text: 'See the waiting list, let users in or refuse them', who: moderatorsAndStandIns },
  send_out: {
    text: 'Send members and guests out until an owner or co-host is back, for at most an hour',
    who: ['host'],
  },
  remove: { text: 'Remove and ban members and guests, lift bans; only the owner removes co-hosts', who: moderators },
  roles: { text: 'Give and take the role of co-host, also by invitation; hand the room over', who: owner },
  close: { text: 'Close the room', who: owner },
})

/** Whether a user with `role` may send out or remove the target (rule P5). */
export const mayRemove = (role: Role, target: Target): boolean =>
  (hasPermission(role, roomPermissions.remove) || hasPermission(role, roomPermissions.send_out)) &&
  target !== 'hosting' &&
  target !== 'owner' &&
  (target !== 'cohost' || role === 'owner')

/** Whether a user with `role` may make the target a co-host or take that role back (rule P3). */
export const mayChangeRole = (role: Role, target: Target): boolean =>
  hasPermission(role, roomPermissions.roles) && target !== 'hosting'
