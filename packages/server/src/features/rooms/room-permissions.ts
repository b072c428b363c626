import { definePermissions, may, members, moderators, order, type Role } from './permissions.ts'

/** For what would outlast the owner's return (rule HO5). */
const owner = ['owner'] as const

/** What rooms ask for, and what their settings leave to hosts in the features that build on them. */
export const roomPermissions = definePermissions({
  read_public: { text: 'Read a public room and its messages', who: [...members, 'outsider', 'nobody'] },
  read_private: { text: 'Read a private room: its settings, messages, members and shared state', who: members },
  join: { text: 'Join, if the room lets one in', who: [...members, 'outsider'] },
  leave: { text: 'Leave; who is not there has nothing to leave', who: [...members, 'sent_out'] },
  settings: { text: 'Change the name, capabilities, settings, capacity, lock and waiting room', who: moderators },
  privacy: { text: 'Change who may come in: privacy and password', who: owner },
  invite: { text: 'Make, list and revoke invitations', who: moderators },
  controls: { text: 'Use the controls where a setting leaves them to hosts', who: [...order, 'guest_host'] },
  speak: { text: 'Use what else a setting leaves to hosts', who: moderators },
  admit: { text: 'See who waits, let them in or turn them away', who: order },
  send_out: {
    text: 'Send members and guests out until an owner or co-host is back, for at most an hour',
    who: ['host'],
  },
  remove: { text: 'Remove members and guests, also for good, and lift that; co-hosts only the owner', who: moderators },
  roles: { text: 'Make co-hosts, also by invitation, and members again; hand the room over', who: owner },
  close: { text: 'Close the room', who: owner },
})

/** The owner, and who stands in for them. */
const hosting: readonly Role[] = ['owner', 'host', 'guest_host']

/**
 * Whether someone with the first role may send out or remove someone with the second: co-hosts only the owner does, and
 * nobody those who host the room.
 */
export const mayRemove = (role: Role, target: Role): boolean =>
  (may(role, roomPermissions.remove) || may(role, roomPermissions.send_out)) &&
  !hosting.includes(target) &&
  (target !== 'cohost' || role === 'owner')
