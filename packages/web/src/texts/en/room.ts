/** The room page: its head, messages, people, invitations and settings. */
export const room = {
  'room.title': 'Room',
} as const
