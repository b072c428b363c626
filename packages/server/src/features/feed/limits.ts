/** Bounds of the feed. */
export const feedLimits = {
  feedRooms: { value: 1_000, help: 'rooms of one user in the feed and in the list of their own rooms' },
  feedBytes: { value: 1_900_000, help: 'bytes of `rooms_changed` that one process sends in a second' },
  feedMemberships: {
    value: 500_000,
    help: 'memberships of users with a feed that one process follows; users beyond them wait for the first `rooms_changed`',
  },
} as const

/**
 * Ms. `pause`: between two events to a connection, and between two lines of a node about a room; `soon`: before the first;
 * `full`: until a user for whom there was no space is tried again (rule UF10).
 */
export const feedTimes = {
  pause: 1_000,
  soon: 50,
  overlap: 10_000,
  keepGone: 7 * 86_400_000,
  again: 1_000,
  full: 10_000,
}
/**
 * UTF-16 units of one event; memberships that ended, and rooms with other own fields, in one answer; connections that are written
 * to in one turn; the most that `unread` says, users' rooms that are counted in a second, and senders that one line names.
 */
export const feedBounds = {
  ...{ event: 96 * 1024, gone: 1_000, changed: 1_000, slice: 250, items: 100 },
  ...{ unread: 1_000, counted: 10_000, senders: 1_000 },
}
